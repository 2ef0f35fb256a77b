-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_SNDLOWAT is 1 and stays so",
  why = [[
    Elsewhere it is the least room that makes a socket writable. Linux does not let it be set (ENOPROTOOPT) and always says 1, which is
    not true either: poll calls a socket writable when a third of its send buffer is free. Here it is full, for the server does
    not read.
  ]],
  refs = { "socket(7): SO_SNDLOWAT", "include/net/sock.h: sk_stream_is_writeable()" },
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("SO_SNDBUF", 100000):connect(l):connected()
    l:accept "s"
    t:expect(c:option "SO_SNDLOWAT"):is(1)
    c:option("SO_SNDLOWAT", 2):fails "ENOPROTOOPT"
    t:expect(c:option "SO_SNDLOWAT"):is(1)
    t:expect(c:poll():value()):is { writable = true }
    c:send(t:bytes(1000000), { once = true })
    c.flow:first "server > client win 0"
    t.wire:idle()
    t:expect(c:poll():value()):is { writable = false }
  end,
}
