-- SPDX-License-Identifier: MIT
return scenario {
  title = "A buffer that is too small loses the rest of its datagram for ever",
  why = [[
    A stream keeps what a reader had no room for; a datagram is cut, and the next receive brings the next datagram. recv
    tells nobody: it returns what fitted, as if that were all. Only recvmsg says so, by MSG_TRUNC among its
    flags; or the reader asks recv for the true length by giving it that flag.
  ]],
  refs = { "recv(2): MSG_TRUNC", "udp(7)" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    c:send "0123456789":send "next":send "0123456789":send "last"
    local bytes, _, more = s:receive(4)
    t:expect(bytes):is "0123"
    t:expect(more.truncated):is(true)
    t:expect(more.result):is(4)
    s:receives "next"

    bytes, _, more = s:receive(4, { flags = { "TRUNC" } })
    t:expect(bytes):is "0123"
    t:expect(more.result):is(10)
    bytes, _, more = s:receive(4)
    t:expect(bytes):is "last"
    t:expect(more.truncated):is(false)
    s:reads_nothing()
    c.flow:count("client > server udp", 4)
  end,
}
