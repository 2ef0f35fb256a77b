-- SPDX-License-Identifier: MIT
return scenario {
  title = "An ICMP error about a connection that stands harms nothing",
  why = [[
    What ends a connect is only a hint to an established connection: routes come back, and anybody could have sent it. Linux
    keeps it as a soft error that is told only should the connection time out for good. So neither "host unreachable"
    nor, against what the name says, "port unreachable" ends it, and what is sent next arrives.
  ]],
  refs = { "RFC 1122, 4.2.3.9", "RFC 5927, 5", "RFC 5461", "net/ipv4/tcp_ipv4.c: tcp_v4_err()" },
  needs = { "wire" },
  hosts = { "client", "server", "router" },
  matrix = { family = { "ipv4", "ipv6" }, says = { "net", "host", "port", "admin" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local held = t.wire:hold "client > server data"
    c:send "under way"
    t:expect(held:held()):is(1)
    t.wire:inject { flow = c.flow, from = "router", icmp = "unreachable " .. t.p.says }
    c:state "ESTABLISHED":reads_nothing()
    t:expect(c:option "SO_ERROR"):is(0)
    held:off():release()
    s:receives "under way":send "and back"
    c:receives "and back":send "still here"
    s:receives "still here"
    c.flow:never "R"
    c.flow:count("icmp unreachable", 1)
  end,
}
