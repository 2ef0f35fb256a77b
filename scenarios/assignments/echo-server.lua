-- SPDX-License-Identifier: MIT
return assignment {
  title = "TCP echo server",
  task = [[
    Write a server that sends back whatever its clients send: server PORT BACKLOG. What it prints, and
    when it closes, is in docs/contracts/tcp-echo.md. Hand in one or more .c files.
  ]],
  contract = "tcp-echo",
  programs = {
    server = { exe = "server", start = "{exe} {port} {backlog}" },
  },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -pthread -o server *.c", seconds = 60 },
  tests = {
    { name = "sends back what a client says", points = 20,
      scenarios = { "assignments/parts/echo" }, partial = true },
    { name = "says who came and went", points = 10,
      scenarios = { "connect/announced" }, after = { "sends back what a client says" },
      partial = true },
    { name = "sends back everything before it closes, and closes with FIN", points = 10,
      scenarios = { "close/half-close" }, after = { "sends back what a client says" },
      partial = true },
    { name = "sends back everything, also 60000 bytes at once", points = 10,
      scenarios = { "data/all-at-once" }, after = { "sends back what a client says" },
      partial = true },
    { name = "many clients at once, each its own bytes", points = 15,
      scenarios = { "accept/many-at-once" }, after = { "sends back what a client says" } },
    { name = "a client that does not read holds up nobody else", points = 10,
      scenarios = { "accept/slow-reader" }, after = { "sends back what a client says" } },
    { name = "a client that was gone before it was accepted disturbs nobody", points = 10,
      scenarios = { "backlog/disconnect-echo" }, after = { "sends back what a client says" },
      partial = true },
    { name = "can be started again on the same port at once", points = 5,
      scenarios = { "connect/server-killed" }, after = { "sends back what a client says" } },
    { name = "recv and send that do a part of what was asked, or are interrupted", points = 5,
      scenarios = { "data/short-calls", "data/interrupted-calls" },
      after = { "sends back what a client says" }, partial = true,
      visibility = "after_published", hint = "what" },
    { name = "an accept that fails is not the end", points = 5,
      scenarios = { "accept/fails-once" }, after = { "sends back what a client says" },
      partial = true, visibility = "hidden", hint = "none" },
  },
}
