-- SPDX-License-Identifier: MIT
return scenario {
  title = "One listener for both families, or one for each: IPV6_V6ONLY decides, and the order does not",
  why = [[
    A socket bound to :: takes IPv4 as well unless IPV6_V6ONLY is set before bind (the default is a sysctl, bindv6only). Then the port is taken in
    both families: 0.0.0.0 cannot have it any more, nor can :: when IPv4 came first. With the option both can be bound in either order,
    and each gets its own family's clients only. Setting it behind bind is too late: EINVAL.
  ]],
  refs = { "ipv6(7): IPV6_V6ONLY", "RFC 3493, 5.3", "net/ipv6/af_inet6.c: __inet6_bind()" },
  needs = { "sysctl:net.ipv6.bindv6only" },
  matrix = { v6only = { 0, 1 }, first = { "ipv4", "ipv6" }, default = { 0, 1 } },
  run = function(t)
    t.server:sysctl("net.ipv6.bindv6only", t.p.default)
    local sockets = { ipv4 = t.server:socket("four", "tcp", "ipv4"), ipv6 = t.server:socket("six", "tcp", "ipv6") }
    local any = { ipv4 = { address = "0.0.0.0", port = 6000 }, ipv6 = { address = "::", port = 6000 } }
    t:expect(sockets.ipv6:option "IPV6_V6ONLY"):is(t.p.default)
    sockets.ipv6:option("IPV6_V6ONLY", t.p.v6only)
    local second = t.p.first == "ipv4" and "ipv6" or "ipv4"
    sockets[t.p.first]:bind(any[t.p.first]):listen(4)
    sockets[second]:bind(any[second])
    if t.p.v6only == 0 then sockets[second]:fails "EADDRINUSE" else sockets[second]:listen(4) end
    if t.p.v6only == 1 or t.p.first == "ipv6" then sockets.ipv6:option("IPV6_V6ONLY", 1 - t.p.v6only):fails "EINVAL" end

    for _, family in ipairs { "ipv4", "ipv6" } do
      local c = t.client:socket("c-" .. family, "tcp", family):connect(t.server:address(6000, family))
      local listener = t.p.v6only == 1 and sockets[family] or sockets[t.p.first]
      if t.p.v6only == 0 and t.p.first == "ipv4" and family == "ipv6" then
        c:fails "ECONNREFUSED"
      else
        c:connected():send("over " .. family)
        listener:accept("s-" .. family):receives("over " .. family)
      end
    end
  end,
}
