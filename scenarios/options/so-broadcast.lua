-- SPDX-License-Identifier: MIT
return scenario {
  title = "A datagram to everybody needs SO_BROADCAST",
  why = [[
    Without the option sendto fails with EACCES before anything is sent, so that a wrong address cannot shout at a whole network by accident. It
    is the sender's option: who receives does not need it. IPv6 has no broadcast.
  ]],
  refs = { "socket(7): SO_BROADCAST", "ip(7)", "RFC 919, 7" },
  world = "loop", -- the whole of 127.0.0.0/8 is one network there
  run = function(t)
    local s = t.server:socket("s", "udp"):bind { address = "0.0.0.0", port = 6000 }
    local c = t.client:socket("c", "udp"):bind { address = "127.0.0.1", port = 6001 }
    local everybody = { address = "127.255.255.255", port = 6000 }
    t:expect(c:option "SO_BROADCAST"):is(0)
    c:send("hello", { to = everybody, once = true }):fails "EACCES"
    t.wire:idle()
    s:reads_nothing()
    c:option("SO_BROADCAST", 1)
    t:expect(c:option "SO_BROADCAST"):is(1)
    t:expect(s:option "SO_BROADCAST"):is(0)
    c:send("hello", { to = everybody })
    s:receives "hello"
  end,
}
