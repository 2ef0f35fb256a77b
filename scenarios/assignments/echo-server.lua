-- SPDX-License-Identifier: MIT
return assignment {
  title = "TCP echo server",
  task = [[
    Write a server that sends back whatever its clients send, as docs/contracts/tcp-echo.md says: `server PORT BACKLOG`.
  ]],
  contract = "tcp-echo",
  programs = { server = { exe = "server", start = "{exe} {port} {backlog}" } },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -pthread -o server *.c", seconds = 60 },
  tests = {
    { name = "listens where it is told", points = 10, scenarios = { "connect/announced" } },
    { name = "echoes and closes", points = 20, scenarios = { "close/half-close" }, after = { "listens where it is told" }, partial = true },
    { name = "one client after another", points = 10, scenarios = { "accept/one-after-another" }, after = { "listens where it is told" } },
    { name = "many clients at once", points = 20, scenarios = { "accept/many-at-once" }, after = { "echoes and closes" } },
    { name = "a client that was gone before it was accepted", points = 15, scenarios = { "backlog/disconnect-echo" },
      after = { "echoes and closes" }, partial = true },
    { name = "large amounts", points = 15, scenarios = { "data/all-at-once" }, after = { "echoes and closes" } },
    { name = "calls that return early", points = 10, scenarios = { "data/short-calls" }, after = { "echoes and closes" }, partial = true,
      visibility = "after_published", hint = "what" },
  },
}
