-- SPDX-License-Identifier: MIT
-- For forges-findings: what valgrind finds is a test too.
return assignment {
  title = "TCP echo server, under valgrind",
  contract = "tcp-echo",
  programs = { server = { exe = "server", start = "{exe} {port} {backlog}" } },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -O0 -g -o server *.c" },
  tests = {
    { name = "listens where it is told", points = 10, scenarios = { "connect/announced" } },
    { name = "uses memory rightly", points = 10, scenarios = { "connect/announced" }, valgrind = { "errors", "leaks" } },
  },
}
