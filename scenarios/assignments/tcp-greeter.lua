-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "TCP greeter: a line for each of many clients",
  task = [[
    Write a server that forks for each client and greets it, server PORT, and the client for it, client
    ADDRESS PORT. The greeting and what both print are in docs/contracts/tcp-greeter.md. Hand in
    server.c and client.c.
  ]],
  contract = "tcp-greeter",
  programs = {
    server = { exe = "server", start = "{exe} {port}" },
    client = { exe = "client", start = "{exe} {address} {port}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "your server and our client", points = 15,
      scenarios = { "assignments/parts/greetings" }, plays = { "server" }, partial = true },
    { name = "your client and our server", points = 10,
      scenarios = { "assignments/parts/greetings" }, plays = { "client" }, partial = true },
    { name = "your server and your client", points = 5,
      scenarios = { "assignments/parts/greetings" }, plays = { "server", "client" },
      partial = true },
    { name = "server: its greeting arrives, whatever the client does meanwhile", points = 15,
      scenarios = { "close/greeting-survives" }, plays = { "server" },
      after = { "your server and our client" }, partial = true },
    { name = "server: a client that stays keeps nobody waiting", points = 15,
      scenarios = { "accept/greeter-at-once" }, plays = { "server" },
      after = { "your server and our client" }, partial = true },
    { name = "server: children that end together leave no zombie", points = 5,
      scenarios = { "accept/greeter-children" }, plays = { "server" },
      after = { "your server and our client" }, partial = true },
    { name = "server: can be started again on the same port at once", points = 5,
      scenarios = { "close/greeter-again" }, plays = { "server" },
      after = { "your server and our client" }, partial = true, visibility = "after_due_date",
      hint = "what" },
    { name = "client: prints all that comes until the end, however it comes", points = 15,
      scenarios = { "data/greeting-in-pieces" }, plays = { "client" },
      after = { "your client and our server" }, partial = true },
    { name = "client: says that it was refused", points = 10,
      scenarios = { "connect/refused-greeter" }, plays = { "client" }, partial = true },
    { name = "client: tries the second address of a name", points = 5,
      scenarios = { "connect/second-address" }, plays = { "client" },
      after = { "your client and our server" }, visibility = "hidden", hint = "none" },
  },
}
