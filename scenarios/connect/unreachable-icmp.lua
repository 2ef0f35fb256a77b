-- SPDX-License-Identifier: MIT
local ERRNO = {
  ipv4 = { net = "ENETUNREACH", host = "EHOSTUNREACH", protocol = "ENOPROTOOPT", port = "ECONNREFUSED", admin = "EHOSTUNREACH" },
  ipv6 = { net = "ENETUNREACH", host = "EHOSTUNREACH", port = "ECONNREFUSED", admin = "EACCES" },
}

return scenario {
  title = "A router says unreachable: connect fails at once, with the errno of the message",
  why = [[
    A host on the way answers the SYN with an ICMP error. For a connection that does not stand yet Linux takes each of them for final: connect
    fails with its errno and the SYN is not repeated. So ECONNREFUSED need not be an RST, and a firewall that rejects looks like an
    unreachable host with IPv4, but like missing permission (EACCES) with IPv6. Two messages that quote another connection's numbers
    are not believed.
  ]],
  refs = { "connect(2)", "icmp(7)", "RFC 792", "RFC 4443, 3.1", "RFC 5927, 4.1",
    "net/ipv4/icmp.c: icmp_err_convert", "net/ipv6/icmp.c: tab_unreach" },
  needs = { "wire" },
  hosts = { "client", "server", "router" },
  matrix = { family = { "ipv4", "ipv6" }, says = { "net", "host", "protocol", "port", "admin" } },
  where = function(p) return ERRNO[p.family][p.says] ~= nil end,
  run = function(t)
    t.wire:drop "client > server S"
    local c = t.client:socket("c"):connect(t.server:address(6000)):connecting()
    local message = "unreachable " .. t.p.says
    -- blind guesses: beyond what was sent
    t.wire:inject { flow = c.flow, from = "router", icmp = message, seq = 2 }
    t.wire:inject { flow = c.flow, from = "router", icmp = message, seq = 0x7fffffff }
    c:connecting():state "SYN_SENT"
    t.wire:inject { flow = c.flow, from = "router", icmp = message }
    c:fails(ERRNO[t.family][t.p.says])
    c:state "CLOSED"
    c.flow:count("client > server S", 1)
    c.flow:count("icmp " .. message, 3)
  end,
}
