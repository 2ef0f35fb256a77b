-- SPDX-License-Identifier: MIT
return scenario {
  title = "accept on a socket that does not listen",
  why = [[
    EINVAL from a stream socket that was not told to listen, whether it is new, bound, or connected; also from a listener that was shut down.
    A datagram socket cannot accept at all: EOPNOTSUPP. And a socket that was bound but does not listen refuses like a port that
    nobody has: bind alone answers nobody.
  ]],
  refs = { "accept(2): EINVAL, EOPNOTSUPP", "listen(2)", "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket "l"
    l:accept("none"):fails "EINVAL"
    l:bind(t.server:address(6000)):accept("none"):fails "EINVAL"
    local refused = t.client:socket("refused"):connect(t.server:address(6000)):fails "ECONNREFUSED"
    refused.flow:exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
    l:listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    c:accept("none"):fails "EINVAL"
    l:accept("s"):accept("none"):fails "EINVAL"
    t.server:socket("u", "udp"):bind(t.server:address(6000)):accept("none"):fails "EOPNOTSUPP"
    t.server:socket("v", "udp"):listen(1):fails "EOPNOTSUPP"
  end,
}
