-- SPDX-License-Identifier: MIT
return scenario {
  title = "An IPv4 client of an IPv6 socket has an IPv4-mapped address",
  why = [[
    accept and getpeername give ::ffff:192.0.2.1, although every packet on the link is IPv4: the mapping is the API's own. A server that
    compares addresses as texts, or writes them into a log, sees one client under two names. The other way round an IPv6 socket can connect to a
    mapped address and speaks IPv4; with IPV6_V6ONLY it cannot: ENETUNREACH.
  ]],
  refs = { "ipv6(7)", "RFC 3493, 3.7", "RFC 4291, 2.5.5.2", "net/ipv6/tcp_ipv6.c: tcp_v6_connect()" },
  needs = { "sysctl:net.ipv6.bindv6only" },
  run = function(t)
    local l = t.server:socket("l", "tcp", "ipv6"):option("IPV6_V6ONLY", 0):bind({ address = "::", port = 6000 }):listen(4)
    local four = t.client:socket("four", "tcp", "ipv4"):bind(t.client:address(6001, "ipv4")):connect(t.server:address(6000, "ipv4")):connected()
    four:getpeername():returns "192.0.2.2:6000"
    local s = l:accept "s"
    s:getpeername():returns "[::ffff:192.0.2.1]:6001"
    s:getsockname():returns "[::ffff:192.0.2.2]:6000"
    four:send "from four"
    s:receives "from four"
    four.flow:shape [[
      client > server  S  mss 1460
      server > client  S.
      client > server  data "from four"
    ]]
    local six = t.client:socket("six", "tcp", "ipv6"):bind(t.client:address(6002, "ipv6")):connect(t.server:address(6000, "ipv6")):connected()
    l:accept("s6"):getpeername():returns "[2001:db8::1]:6002"
    six:send "from six"

    -- an IPv6 socket that speaks IPv4
    local mapped = { address = "::ffff:192.0.2.2", port = 6000 }
    local m = t.client:socket("m", "tcp", "ipv6"):bind({ address = "::", port = 6003 }):connect(mapped):connected()
    m:getsockname():returns "[::ffff:192.0.2.1]:6003"
    l:accept("sm"):getpeername():returns "[::ffff:192.0.2.1]:6003"
    t.client:socket("only", "tcp", "ipv6"):option("IPV6_V6ONLY", 1):connect(mapped):fails "ENETUNREACH"
    -- and an IPv4 socket knows no IPv6 address
    t.client:socket("never", "tcp", "ipv4"):connect(t.server:address(6000, "ipv6")):fails "EAFNOSUPPORT"
  end,
}
