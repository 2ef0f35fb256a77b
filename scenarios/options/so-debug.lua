-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_DEBUG is kept, and changes nothing that can be seen",
  why = [[
    The option once made the kernel record what a connection did, for a tool to read. Linux keeps the flag, gives it to accepted sockets, asks
    for CAP_NET_ADMIN (EACCES without it), and records nothing that a program could read. What can be observed is that the
    conversation is the same one packet by packet; to see packets, capture them.
  ]],
  refs = { "socket(7): SO_DEBUG", "net/core/sock.c: sk_setsockopt()" },
  matrix = { family = { "ipv4", "ipv6" }, debug = { 0, 1 } },
  run = function(t)
    local l = t.server:socket("l"):option("SO_DEBUG", t.p.debug):bind(t.server:address(6000)):listen(5)
    t:expect(l:option "SO_DEBUG"):is(t.p.debug)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t:expect(s:option "SO_DEBUG"):is(t.p.debug)
    t:expect(c:option "SO_DEBUG"):is(0)
    c:send "hello"
    s:receives "hello":close()
    c:reads_eof():close()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
      fin: server > client  F.
      client > server  F.  after fin
    ]]
    c.flow:never "R"
  end,
}
