-- SPDX-License-Identifier: MIT
return scenario {
  title = "A stream socket is connected once",
  why = [[
    A second connect gives EISCONN, to the same server or another one, also when the peer has left; listen gives EINVAL. A listening
    socket cannot connect either. The first connection is not harmed by any of them. A UDP socket may be connected anew whenever one likes.
  ]],
  refs = { "connect(2): EISCONN", "listen(2)", "udp(7)", "net/ipv4/af_inet.c: __inet_stream_connect(), inet_listen()" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local other = t.server:socket("other"):bind(t.server:address(6001)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:connect(l):returns(0)
    c:connect(l):fails "EISCONN"
    c:connect(other):fails "EISCONN"
    c:listen(1):fails "EINVAL"
    l:connect(t.client:address(6002)):fails "EISCONN"
    t:expect(other:queue()):is { waiting = 0 }
    s:send "still here":close()
    c:receives "still here":reads_eof():state "CLOSE_WAIT"
    c:connect(l):fails "EISCONN"
    c.flow:count("S", 1)
    c.flow:never "R"

    local u = t.client:socket("u", "udp"):connect(t.server:address(6000)):connected()
    u:connect(t.server:address(6001)):connected()
    u:getpeername():returns(t.family == "ipv6" and "[2001:db8::2]:6001" or "192.0.2.2:6001")
  end,
}
