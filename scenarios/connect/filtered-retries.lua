-- SPDX-License-Identifier: MIT
return scenario {
  title = "How long a SYN is repeated: tcp_syn_retries, or TCP_SYNCNT for one socket",
  why = [[
    n says how long rather than how often: connect fails with ETIMEDOUT when as much time has passed as n repetitions with doubled
    intervals would take and the interval behind the last, 2^(n+1) - 1 s, so 3 s for 1. Until Linux 6.5 that were n repetitions.
    Since then the first tcp_syn_linear_timeouts of them come a second apart, and more of them fit into the same time. The socket
    itself lives: it may be connected again.
  ]],
  refs = { "connect(2): ETIMEDOUT", "tcp(7): tcp_syn_retries, TCP_SYNCNT, tcp_syn_linear_timeouts", "net/ipv4/tcp_timer.c: tcp_write_timeout()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 10,
  matrix = { family = { "ipv4", "ipv6" }, limit_by = { "sysctl", "option" } },
  run = function(t)
    local limit, syns, at = 2 ^ 2 - 1, 1, t:syn_retry(1)
    while at < limit do
      syns = syns + 1
      at = at + t:syn_retry(syns)
    end
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local filter = t.wire:drop "client > server S"
    local c = t.client:socket "c"
    if t.p.limit_by == "sysctl" then
      t.client:sysctl("net.ipv4.tcp_syn_retries", 1)
    else
      t.client:sysctl("net.ipv4.tcp_syn_retries", 6)
      c:option("TCP_SYNCNT", 1)
    end
    c:connect(l):fails "ETIMEDOUT"
    c:state "CLOSED"
    t:expect(filter:acted()):is(syns)
    filter:off()
    -- the error was read, and not by connect: that call is told that it cannot be told any more
    c:connect(l):fails "ECONNABORTED"
    c:connect(l):connected()
    l:accept "s"
  end,
}
