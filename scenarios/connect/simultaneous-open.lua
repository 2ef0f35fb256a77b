-- SPDX-License-Identifier: MIT
return scenario {
  title = "Both connect to each other at once: one connection, and no listener",
  why = [[
    Both SYNs are held until both have been sent. Each side then gets a SYN where it waits for a SYN-ACK, goes to SYN_RECV,
    and answers SYN-ACK: both become ESTABLISHED, and neither has called listen. This is how peers behind address translators
    meet. Both connect calls return 0, and there is one connection, not two.
  ]],
  refs = { "RFC 9293, 3.5, figure 7", "net/ipv4/tcp_input.c: tcp_rcv_synsent_state_process()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local here, there = t.client:address(6000), t.server:address(6001)
    local syns = t.wire:hold "S"
    local a = t.client:socket("a"):bind(here):connect(there):connecting()
    local b = t.server:socket("b"):bind(there):connect(here):connecting()
    t:expect(syns:held()):is(2)
    a:state "SYN_SENT"
    b:state "SYN_SENT"
    local answers = t.wire:hold "S."
    syns:off():release()
    t:expect(answers:held()):is(2)
    a:connecting():state "SYN_RECV"
    b:connecting():state "SYN_RECV"
    answers:off():release()
    a:connected():state "ESTABLISHED"
    b:connected():state "ESTABLISHED"
    t:expect(t.client:count "ESTABLISHED"):is(1)
    t:expect(t.server:count "ESTABLISHED"):is(1)
    a:send "from a"
    b:receives "from a":send "from b"
    a:receives "from b"
    a.flow:shape [[
      client > server  S   seq 0
      client > server  S.  seq 0 ack 1
      client > server  data "from a"
      server > client  S   seq 0
      server > client  S.  seq 0 ack 1
      server > client  data "from b"
    ]]
    a.flow:never "R"
  end,
}
