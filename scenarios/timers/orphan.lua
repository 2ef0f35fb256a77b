-- SPDX-License-Identifier: MIT
return scenario {
  title = "An orphan whose peer vanished is given up after a minute and three quarters, not after a quarter of an hour",
  why = [[
    The program has sent and closed; nobody acknowledges. An orphan has nobody to be told, so it is tried for tcp_orphan_retries
    instead of tcp_retries2. 0, as Linux comes, stands for 8 as long as the retransmission timeout is below TCP_RTO_MAX, which is the time that eight doublings
    of TCP_RTO_MIN take: 102.2 s. Then the row is gone, in silence: no RST is sent. It is the same for the side that closed first, in FIN_WAIT1, and the
    one that closed second, in LAST_ACK, whose FIN alone is under way.
  ]],
  refs = { "tcp(7): tcp_orphan_retries", "RFC 1122, 4.2.3.5", "net/ipv4/tcp_timer.c: tcp_orphan_retries(), tcp_write_timeout()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 200,
  matrix = { family = { "ipv4", "ipv6" }, state = { "FIN_WAIT1", "LAST_ACK" }, orphan_retries = { 0, 6 } },
  run = function(t)
    t.client:sysctl("net.ipv4.tcp_orphan_retries", t.p.orphan_retries)
    local retries = t.p.orphan_retries == 0 and 8 or t.p.orphan_retries
    local limit = t.client:timer "TCP_RTO_MIN" * (2 ^ (retries + 1) - 1)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    if t.p.state == "LAST_ACK" then
      s:shutdown "wr"
      c:reads_eof()
      c.flow:first "client > server . ack 2"
    end
    t.wire:cut()
    local rto = c:info():value().rto_us / 1e6
    c:close():state(t.p.state)
    local first = c.flow:first "client > server F"
    c:state "CLOSED"
    local over = t:moment "over"
    -- the time is counted from the first repetition on (tp->retrans_stamp)
    local before, at, n = first, -rto, 1
    while at + rto < limit do
      n = n + 1
      local again = c.flow:first("client > server F", n)
      t:expect(again:time() - before:time()):lasts(rto)
      before, at, rto = again, at + rto, rto * 2
    end
    t:expect(over:time() - before:time()):lasts(rto)
    t:expect(over:time() - first:time()):at_least(limit * 1e9)
    c.flow:count("client > server F", { min = n, max = n, repeats = true })
    c.flow:never "R"
  end,
}
