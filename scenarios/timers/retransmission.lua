-- SPDX-License-Identifier: MIT
return scenario {
  title = "Data that nobody acknowledges is repeated for a quarter of an hour, then ETIMEDOUT",
  why = [[
    The interval doubles, from the connection's own retransmission timeout up to TCP_RTO_MAX, two minutes. tcp_retries2 does not count
    repetitions: it is the time that so many would take if the first came after TCP_RTO_MIN, 924.6 s for 15; the first timer that ends
    behind it ends the connection. No RST is sent. The program is told by the next call; the server's has nothing to be told by.
  ]],
  refs = { "tcp(7): tcp_retries2", "RFC 6298, 5.5", "RFC 1122, 4.2.3.5", "Documentation/networking/ip-sysctl.rst: tcp_retries2",
    "net/ipv4/tcp_timer.c: tcp_model_timeout(), retransmits_timed_out()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 1300,
  matrix = { family = { "ipv4", "ipv6" }, retries2 = { 6, 15 } },
  run = function(t)
    t.client:sysctl("net.ipv4.tcp_retries2", t.p.retries2)
    local rto_max = t.client:timer "TCP_RTO_MAX"
    local limit, step = 0, t.client:timer "TCP_RTO_MIN"
    for _ = 0, t.p.retries2 do
      limit = limit + math.min(step, rto_max)
      step = step * 2
    end
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    t.wire:idle()
    t.wire:cut()
    local rto = c:info():value().rto_us / 1e6
    c:send "lost"
    local first = c.flow:first 'client > server data "lost"'
    local nothing, errno = c:receive(1)
    local over = t:moment "over"
    t:expect(errno):is "ETIMEDOUT"
    c:state "CLOSED"

    -- the time is counted from the first repetition on (tp->retrans_stamp)
    local before, at, n = first, -rto, 1
    while at + math.min(rto, rto_max) < limit do
      n = n + 1
      local again = c.flow:first('client > server data "lost"', n)
      t:expect(again:time() - before:time()):lasts(math.min(rto, rto_max))
      before, at, rto = again, at + math.min(rto, rto_max), rto * 2
    end
    t:expect(over:time() - before:time()):lasts(math.min(rto, rto_max))
    t:expect(over:time() - first:time()):at_least(limit * 1e9)
    c.flow:count('client > server data "lost"', { min = n, max = n, repeats = true })
    c.flow:never "R"
    s:state("ESTABLISHED"):reads_nothing()
  end,
}
