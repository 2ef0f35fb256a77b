-- SPDX-License-Identifier: MIT
return scenario {
  title = "IPv4, IPv6, and IPv4 inside IPv6, side by side in the table",
  why = [[
    An IPv6 listener on all addresses takes IPv4 clients too unless IPV6_V6ONLY is set; such a connection is an IPv6 socket whose
    ends are IPv4-mapped addresses. /proc keeps the two kinds in two files, and writes an address in words of 32
    bits: as hexadecimal text it is not the order of its bytes on a little-endian machine.
  ]],
  refs = { "ipv6(7): IPV6_V6ONLY", "RFC 4291, 2.5.5.2", "inet_ntop(3)" },
  contract = "socket-table",
  run = function(t)
    local four = t.server:socket("four", "tcp", "ipv4"):bind(t.server:address(6004, "ipv4")):listen(5)
    local six = t.server:socket("six", "tcp", "ipv6"):option("IPV6_V6ONLY", 1):bind(t.server:address(6006, "ipv6")):listen(5)
    local any = t.server:socket("any", "tcp", "ipv6"):bind { address = "::", port = 6005 }:listen(5)
    t.server:socket("any4", "tcp", "ipv4"):bind { address = "0.0.0.0", port = 6000 }:listen(5)
    t.client:socket("a", "tcp", "ipv4"):connect(four):connected()
    t.client:socket("b", "tcp", "ipv6"):connect(six):connected()
    t.client:socket("c", "tcp", "ipv4"):connect(t.server:address(6005, "ipv4")):connected()
    any:accept "s"

    local lister = t:start()
    lister:exits(0)
    local lines = {
      "ESTABLISHED 192.0.2.2:6004 192.0.2.1:50001 unread 0 unacknowledged 0",
      "ESTABLISHED [2001:db8::2]:6006 [2001:db8::1]:50002 unread 0 unacknowledged 0",
      "ESTABLISHED [::ffff:192.0.2.2]:6005 [::ffff:192.0.2.1]:50003 unread 0 unacknowledged 0",
      "LISTEN 0.0.0.0:6000 waiting 0",
      "LISTEN 192.0.2.2:6004 waiting 1",
      "LISTEN [2001:db8::2]:6006 waiting 1",
      "LISTEN [::]:6005 waiting 0",
    }
    for _, line in ipairs(lines) do lister:stdout():line(line) end
    lister:stdout():exactly(lines)
  end,
}
