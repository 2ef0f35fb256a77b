-- SPDX-License-Identifier: MIT
return scenario {
  title = "A SYN that nobody answers: repeated in silence, then ETIMEDOUT",
  why = [[
    A packet filter that drops says nothing, so connect cannot tell a filtered port from a host that is off: it waits. Left alone that is two
    minutes and more, for tcp_syn_retries repetitions. TCP_USER_TIMEOUT bounds it, but is looked at only when the
    retransmission timer fires: the first repetition still goes out at its own time, and the connect fails just after it, however
    short the timeout is. ECONNREFUSED would be wrong, for nobody refused.
  ]],
  refs = { "connect(2): ETIMEDOUT", "tcp(7): TCP_USER_TIMEOUT, tcp_syn_retries", "RFC 6298, 5", "net/ipv4/tcp_timer.c: tcp_write_timeout()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local filter = t.wire:drop "client > server S"
    local c = t.client:socket("c"):option("TCP_USER_TIMEOUT", 100):connect(l):connecting()
    c:state "SYN_SENT"
    local first = c.flow:first "client > server S"
    c:fails "ETIMEDOUT"
    c:state "CLOSED"
    local second = c.flow:first("client > server S", 2)
    t:expect(second:time() - first:time()):at_least(t:syn_retry(1) * 1e9 * 0.9)
    t:expect(filter:acted()):is(2)
    t:expect(l:queue()):is { waiting = 0 }
    t:expect(t.server:count "SYN_RECV"):is(0)
    -- the numbers of a repetition are the first one's
    c.flow:exactly [[
      client > server  S  seq 0
      client > server  S  seq 0
    ]]
  end,
}
