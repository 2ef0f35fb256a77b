-- SPDX-License-Identifier: MIT
return scenario {
  title = "A connect that meets itself is no open port",
  why = [[
    Who connects to a port of its own host may be given that very port as its own. The SYN comes back to the socket that sent it,
    which takes that for a simultaneous open: connected, to itself, with nobody listening. A scan of one's own
    ports must tell that: both ends of such a connection have one name. Here the kernel has only one port to choose from.
  ]],
  refs = { "RFC 9293, 3.5: simultaneous open", "ip(7): ip_local_port_range" },
  contract = "port-scan",
  world = "loop",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t.client:sysctl("net.ipv4.ip_local_port_range", "30000 30000")
    local scanner = t:start { target = t.server:address(0).address, range = "30000-30000", timeout = 60000 }
    scanner:stdout():line "30000/tcp closed unknown"
    scanner:exits(0)
    scanner:stdout():exactly { "30000/tcp closed unknown" }
  end,
}
