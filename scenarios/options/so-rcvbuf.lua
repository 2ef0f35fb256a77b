-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_RCVBUF: twice what was asked for, and all that may wait unread",
  why = [[
    Linux doubles the value, for half of the room is its own book-keeping, and getsockopt gives the doubled one. It is set on the listener
    before listen, for the window is offered in the handshake; an accepted socket has its listener's. A peer that goes on sending is stopped
    by the window: not much more than was asked for ever waits in the server, the rest waits in the client.
  ]],
  refs = { "socket(7): SO_RCVBUF", "tcp(7)", "RFC 9293, 3.8.6" },
  matrix = { family = { "ipv4", "ipv6" }, size = { 4096, 32768 } },
  run = function(t)
    local l = t.server:socket("l"):option("SO_RCVBUF", t.p.size):bind(t.server:address(6000)):listen(5)
    t:expect(l:option "SO_RCVBUF"):is(2 * t.p.size)
    local c = t.client:socket("c"):option("SO_SNDBUF", 200000):connect(l):connected()
    local s = l:accept "s"
    t:expect(s:option "SO_RCVBUF"):is(2 * t.p.size)
    local bytes = t:bytes(100000)
    c:send(bytes)
    c.flow:first "server > client ."
    t.wire:idle()
    t:expect(s:queue():value().unread):at_most(2 * t.p.size)
    t:expect(s:queue():value().unread):at_least(t.p.size // 4)
    t:expect(c:queue():value().unacknowledged):at_least(100000 - 2 * t.p.size)
    s:receives(bytes)

    -- below the least, which is what one small packet needs
    l:option("SO_RCVBUF", 1)
    t:expect(l:option "SO_RCVBUF"):at_least(2048)
  end,
}
