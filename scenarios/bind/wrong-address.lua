-- SPDX-License-Identifier: MIT
return scenario {
  title = "An address that is not one's own: EADDRNOTAVAIL, or IP_FREEBIND",
  why = [[
    bind takes only what the host has: its peer's address, or one that it will get later, gives EADDRNOTAVAIL. With IP_FREEBIND a server may bind
    and listen on it already. Nothing reaches it before the address is there; from then on it is as if it had always been, and
    the server need not be told. A multicast address is none to listen on.
  ]],
  refs = { "bind(2): EADDRNOTAVAIL", "ip(7): IP_FREEBIND, ip_nonlocal_bind", "net/ipv4/af_inet.c: __inet_bind()" },
  matrix = { family = { "ipv4", "ipv6" }, protocol = { "tcp", "udp" }, allowed_by = { "nothing", "option", "sysctl" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local later = { address = ipv6 and "2001:db8::77" or "192.0.2.77", port = 6000 }
    local l = t.server:socket("l", t.p.protocol)
    l:bind(t.client:address(6000)):fails "EADDRNOTAVAIL"
    l:bind(later):fails "EADDRNOTAVAIL"
    if t.p.allowed_by == "nothing" then
      l:bind(t.server:address(6000)):getsockname()
      return
    end
    if t.p.allowed_by == "option" then
      l:option(ipv6 and "IPV6_FREEBIND" or "IP_FREEBIND", 1)
    else
      t.server:sysctl(("net.%s.ip_nonlocal_bind"):format(t.family), 1)
    end
    l:bind(later)
    l:getsockname():returns(ipv6 and "[2001:db8::77]:6000" or "192.0.2.77:6000")
    if t.p.protocol == "udp" then
      t.server:add_address(later.address)
      t.client:socket("c", "udp"):connect(later):connected():send "hello"
      l:receives "hello"
      return
    end
    l:listen(1)
    t:expect(t.server:sockets()):is { { state = "LISTEN", local_address = later.address } }
    local early = t.client:socket("early"):connect(later):connecting()
    early:close()
    early.flow:never "S."
    t.server:add_address(later.address)
    t.client:socket("c"):connect(later):connected():send "hello"
    l:accept("s"):receives "hello"
  end,
}
