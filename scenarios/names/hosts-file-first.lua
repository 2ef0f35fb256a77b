-- SPDX-License-Identifier: MIT
return scenario {
  title = "A name in the hosts file is not asked for; any other is",
  why = [[
    nsswitch.conf says `hosts: files dns`. What the hosts file knows is known without a packet, even when DNS would say something
    else; what it does not know is asked for once for each kind of address. A program that speaks DNS itself sees only half of
    the names that the machine has.
  ]],
  refs = { "nsswitch.conf(5)", "hosts(5)", "resolv.conf(5)" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local kept, asked = ipv6 and "2001:db8::66" or "192.0.2.66", ipv6 and "2001:db8::7" or "192.0.2.7"
    t:write_file("records", ("host-record=kept.test,%s\nhost-record=asked.test,%s\n"):format(asked, asked))
    local dns = t:start { role = "server" }
    t.client:hosts { "127.0.0.1 localhost", kept .. "\tkept.test also.test" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }

    local file = t:start { role = "client", name = "of-the-file", kind = "host", what = "also.test" }
    file:exits(0)
    file:stdout():exactly { "canonical kept.test", "address " .. kept }
    local other = t:start { role = "client", name = "of-dns", kind = "host", what = "asked.test" }
    other:exits(0)
    other:stdout():exactly { "canonical asked.test", "address " .. asked }

    local flow = t:flow(53)
    flow:never [[client > server data "\x04also"]]
    flow:count([[client > server data "\x05asked\x04test\0"]], { min = 1, max = 2 })
    other:stderr():exactly ""
  end,
}
