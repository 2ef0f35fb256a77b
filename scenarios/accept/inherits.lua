-- SPDX-License-Identifier: MIT
return scenario {
  title = "What an accepted socket has from its listener, and from when",
  why = [[
    The new socket is a copy of the listener, made when the handshake ends: options such as SO_KEEPALIVE, TCP_NODELAY, SO_RCVBUF and IP_TTL come
    along. So a receive buffer that shall decide the window must be set before listen; what is set on the listener later reaches only
    connections that are not there yet, and not one that waits to be accepted. (Descriptor flags such as O_NONBLOCK never come along on
    Linux: accept4 gives them.)
  ]],
  refs = { "accept(2), NOTES", "socket(7)", "tcp(7)", "net/ipv4/inet_connection_sock.c: inet_csk_clone_lock()" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local hops = t.family == "ipv6" and "IPV6_UNICAST_HOPS" or "IP_TTL"
    local l = t.server:socket("l"):bind(t.server:address(6000))
    l:option("SO_KEEPALIVE", 1):option("TCP_NODELAY", 1):option("SO_RCVBUF", 8192):option(hops, 7):option("TCP_KEEPIDLE", 77):listen(2)
    t.client:socket("c"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 1 }
    l:option("TCP_NODELAY", 0):option(hops, 9)
    t.client:socket("d"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 2 }

    local first, second = l:accept "first", l:accept "second"
    local doubled = l:option("SO_RCVBUF"):value()
    for _, s in ipairs { first, second } do
      t:expect(s:option "SO_KEEPALIVE"):is(1)
      t:expect(s:option "TCP_KEEPIDLE"):is(77)
      t:expect(s:option "SO_RCVBUF"):is(doubled)
      t:expect(s:option "SO_ACCEPTCONN"):is(0)
    end
    t:expect(first:option "TCP_NODELAY"):is(1)
    t:expect(second:option "TCP_NODELAY"):is(0)
    t:expect(first:option(hops)):is(7)
    t:expect(second:option(hops)):is(9)
  end,
}
