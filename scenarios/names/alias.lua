-- SPDX-License-Identifier: MIT
return scenario {
  title = "An alias is told with the name that it stands for, by one question",
  why = [[
    www.test is a CNAME. The server puts the alias and the addresses of its target into one answer, so nobody asks for the target. That
    name is h_name of gethostbyname(3); getaddrinfo(3) tells it only when AI_CANONNAME asks for it.
  ]],
  refs = { "getaddrinfo(3): AI_CANONNAME", "gethostbyname(3)", "RFC 1034, 3.6.2" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local address = t.family == "ipv6" and "2001:db8::7" or "192.0.2.7"
    t:write_file("records", ("host-record=target.test,%s\ncname=www.test,target.test\n"):format(address))
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }
    local client = t:start { role = "client", kind = "host", what = "www.test" }
    client:exits(0)
    client:stdout():line "canonical target.test"
    client:stdout():exactly { "canonical target.test", "address " .. address }
  end,
}
