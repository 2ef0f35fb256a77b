-- SPDX-License-Identifier: MIT
return scenario {
  title = "A name with IPv6 and IPv4 addresses is asked for both, and both are told",
  why = [[
    AAAA and A are two questions. Hints with AF_INET ask one of them, though the comment beside may say "IPv4 or IPv6"; and an
    address of the list may be of either family: to print each through a sockaddr_in gives 0.0.0.0 for IPv6, since its
    flow label lies where the IPv4 address would. Both can be reached from here, so IPv6 comes first. `family` is how the
    questions travel, which says nothing about what is asked.
  ]],
  refs = { "getaddrinfo(3)", "RFC 3596", "RFC 6724, 2.1" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t:write_file("records", "host-record=both.test,192.0.2.7,2001:db8::7\n")
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }
    local client = t:start { role = "client", kind = "host", what = "both.test" }
    client:exits(0)
    local flow = t:flow(53)
    flow:count([[client > server data "\x04both\x04test\0\0\x01\0\x01"]], 1)
    flow:count([[client > server data "\x04both\x04test\0\0\x1c\0\x01"]], 1)
    client:stdout():never "0.0.0.0"
    client:stdout():exactly { "canonical both.test", "address 2001:db8::7", "address 192.0.2.7" }
  end,
}
