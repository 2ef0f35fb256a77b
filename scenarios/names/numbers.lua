-- SPDX-License-Identifier: MIT
return scenario {
  title = "An address, a port or a protocol in digits stands for itself: nobody is asked",
  why = [[
    getaddrinfo(3) and gethostbyname(3) take an address in text for what it is, without a packet; getaddrinfo(3) takes a port in
    digits too, but getservbyname(3) and getprotobyname(3) look for a service or a protocol of that name. The one server that
    resolv.conf names would not answer: a client that asks for 192.0.2.7 as if it were a name hangs, and then fails.
  ]],
  refs = { "getaddrinfo(3)", "gethostbyname(3)", "getservbyname(3)", "RFC 1123, 2.1" },
  contract = "host-lookup",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local address = t.family == "ipv6" and "2001:db8::7" or "192.0.2.7"
    t.client:resolver { nameserver = t.server:address(53).address, "options timeout:1 attempts:1" }
    local asked = t.wire:drop { "port 53", optional = true }
    local cases = { { "host", address, { "canonical " .. address, "address " .. address } }, { "service", "80/tcp", { "port 80" } },
      { "service", "4660/udp", { "port 4660" } }, { "protocol", "6", { "number 6" } } }
    for _, case in ipairs(cases) do
      local client = t:start { role = "client", kind = case[1], what = case[2] }
      client:exits(0)
      client:stdout():exactly(case[3])
      client:stderr():exactly ""
    end
    t:expect(asked:acted()):is(0)
  end,
}
