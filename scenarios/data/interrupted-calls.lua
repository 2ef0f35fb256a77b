-- SPDX-License-Identifier: MIT
return scenario {
  title = "A call that a signal interrupts is made again: EINTR is no failure",
  why = [[
    Without SA_RESTART a handler that runs while recv(2), send(2) or accept(2) waits makes it return -1 EINTR; poll(2), epoll_wait(2) and select(2)
    do so in any case. The child of another client that ends is enough: its SIGCHLD comes when it comes. Here the first call
    of each kind on a connection fails with EINTR, and nothing else may change.
  ]],
  refs = { "signal(7): Interruption of system calls by signal handlers" },
  contract = "tcp-echo",
  needs = { "trace" },
  matrix = { family = { "ipv4", "ipv6" }, call = { "recv", "send" } },
  run = function(t)
    local srv = t:start { traced = true, faults = { { "fail", call = t.p.call, nth = 1, errno = "EINTR" } } }
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "again":shutdown "wr"
    srv:call(t.p.call .. " = -1 EINTR")
    c:receives "again":reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "again"
      client > server  F.
      server > client  data "again"
      server > client  F.
    ]]
  end,
}
