-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire inject: an ICMP error, and a stranger's packets",
  hosts = { "client", "server", "router" },
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    t.wire:drop "client > server S"
    local c = t.client:socket("c"):connect(t.server:address(6000)):connecting()
    t.wire:inject { flow = c.flow, from = "router", icmp = "unreachable host" }
    c:fails "EHOSTUNREACH"
    c.flow:count("icmp unreachable host", 1)
    local d = t.client:socket("d"):connect(t.server:address(6000)):connecting()
    t.wire:inject { flow = d.flow, from = "server", icmp = "unreachable net" }
    d:fails "ENETUNREACH"

    local u = t.server:socket("u", "udp"):bind(t.server:address(6001))
    t.wire:inject { source = { address = t.family == "ipv6" and "2001:db8::99" or "192.0.2.99", port = 7 }, destination = u, payload = "hello" }
    u:receives "hello"
    local l = t.server:socket("l"):bind(t.server:address(6002)):listen(1)
    t.wire:inject { source = { address = t.family == "ipv6" and "2001:db8::99" or "192.0.2.99", port = 7 }, destination = l, flags = "S", seq = 7 }
    t:expect(t.server:count "SYN_RECV"):is(1)
    t:flow(6002):count("S.", 1)
  end,
}
