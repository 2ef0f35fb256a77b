-- SPDX-License-Identifier: MIT
return scenario {
  title = "Every address of a name is told, once, in the order of the answer",
  why = [[
    The answer is a list. Whoever takes its first entry (h_addr is only a name for h_addr_list[0]) has no second try when that
    address does not answer. No route leads to these addresses, so RFC 6724 has no ground to put one before another.
  ]],
  refs = { "getaddrinfo(3)", "gethostbyname(3)", "RFC 6724, 6" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" }, addresses = { 1, 2, 12 } },
  run = function(t)
    local records, expected = {}, { "canonical many.test" }
    for i = 1, t.p.addresses do
      -- neither rising nor falling
      local address = (t.family == "ipv6" and "2001:db8:1::%x" or "198.51.100.%d"):format(i * 5 % 13 + 1)
      records[i], expected[i + 1] = "host-record=many.test," .. address, "address " .. address
    end
    t:write_file("records", table.concat(records, "\n") .. "\n")
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }
    local client = t:start { role = "client", kind = "host", what = "many.test" }
    client:exits(0)
    local _, told = client:stdout():text():gsub("\naddress ", "")
    t:expect(told):is(t.p.addresses)
    client:stdout():exactly(expected)
  end,
}
