-- SPDX-License-Identifier: MIT
return scenario {
  title = "connect to the any address means this host",
  why = [[
    0.0.0.0 and :: are for bind. connect takes them too: Linux puts the loopback address in their place, so a client that was never told
    its server's address reaches a server on its own machine and nothing elsewhere. getpeername tells what was taken.
  ]],
  refs = { "ip(7): INADDR_ANY", "RFC 1122, 3.2.1.3", "net/ipv4/route.c: ip_route_output_key_hash_rcu()", "net/ipv6/tcp_ipv6.c: tcp_v6_connect()" },
  world = "loop",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local any = { address = ipv6 and "::" or "0.0.0.0", port = 6000 }
    t.client:socket("early"):connect(any):fails "ECONNREFUSED"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(any):connected()
    c:getpeername():returns(ipv6 and "[::1]:6000" or "127.0.0.1:6000")
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    t:expect(t.client:count "ESTABLISHED"):is(2)
  end,
}
