-- SPDX-License-Identifier: MIT
return scenario {
  title = "A name that does not exist, and one without an address, are told apart, and not asked for twice",
  why = [[
    NXDOMAIN says that there is no such name; an empty answer without an error says that the name is there, but not what was asked of
    it. Both are answers: to ask again would not help, and no domain is added where there is no search list. gethostbyname(3) gives
    NULL, and its reason is in h_errno: perror(3) speaks of errno, which says nothing here.
  ]],
  refs = { "gethostbyname(3): HOST_NOT_FOUND, NO_DATA", "getaddrinfo(3): EAI_NONAME, EAI_NODATA", "RFC 2308, 2" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" }, name = { "none.test", "text.test" } },
  run = function(t)
    t:write_file("records", "txt-record=text.test,hello\n")
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:3" }
    local client = t:start { role = "client", kind = "host", what = t.p.name }
    client:exits(1)
    client:stderr():exactly { (t.p.name == "none.test" and "no such host: " or "no address: ") .. t.p.name }
    client:stdout():exactly ""
    local flow = t:flow(53)
    flow:count("client > server", { min = 1, max = 2 })
    -- recursion available, and code 3 or 0; then one question, no answer, nothing else
    flow:count(t.p.name == "none.test" and [[server > client data "\x83\0\x01\0\0\0\0"]] or [[server > client data "\x80\0\x01\0\0\0\0"]],
      { min = 1, max = 2 })
  end,
}
