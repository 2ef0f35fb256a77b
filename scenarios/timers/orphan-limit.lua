-- SPDX-License-Identifier: MIT
return scenario {
  title = "More orphans than tcp_max_orphans: who is closed next, and who repeats its FIN next, is reset",
  why = [[
    A connection that its program has closed and its peer has not yet acknowledged is an orphan, kept by the kernel alone. There may be tcp_max_orphans of
    them on a machine, all hosts together. The kernel counts them ten times a second, so the first one too many passes. While there are too many, an orphan that comes
    sends FIN and, at once, RST, and is gone: what it had still to send is lost, though close returned 0. One that was there before is reset instead of
    repeating its FIN. So in the end there are as many as there may be. The sysctl belongs to the machine and not to a network namespace: only
    the virtual clock's own machine is changed.
  ]],
  refs = { "tcp(7): tcp_max_orphans", "net/ipv4/tcp.c: __tcp_close(), tcp_check_oom(), tcp_orphan_update()", "net/ipv4/tcp_timer.c: tcp_out_of_resources()",
    "Linux commit 19757cebf0c5: tcp: switch orphan_count to bare per-cpu counters" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 30,
  matrix = { family = { "ipv4", "ipv6" }, limit = { 0, 1, 3 } },
  run = function(t)
    local counted = 150 -- ms, in which the kernel counts once
    t:machine_sysctl("net.ipv4.tcp_max_orphans", t.p.limit)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(8)
    -- a long way, so that no FIN is repeated before all are closed
    t.wire:delay { "server > client S.", by = "600ms" }
    local c = {}
    for i = 1, t.p.limit + 2 do c[i] = t.client:socket("c" .. i):connect(l):connected() end
    local rto = c[1]:info():value().rto_us / 1e6
    t.wire:cut()
    for i = 1, t.p.limit + 1 do
      c[i]:close():state "FIN_WAIT1"
      t:quiet(counted)
    end
    local reset = [[
      client > server  S
      server > client  S.
      client > server  .
      client > server  F.
      client > server  R.
    ]]
    c[t.p.limit + 2]:close():state "CLOSED"
    c[t.p.limit + 2].flow:exactly(reset)
    -- the oldest is the first to repeat
    local fin, rst = c[1].flow:first "client > server F.", c[1].flow:first "client > server R."
    t:expect(rst:time() - fin:time()):lasts(rto)
    c[1].flow:exactly(reset)
    for i = 2, t.p.limit + 1 do
      c[i].flow:first("client > server F.", 3)
      c[i]:state "FIN_WAIT1"
      c[i].flow:never "R"
    end
    t:expect(t.client:count "FIN_WAIT1"):is(t.p.limit)
  end,
}
