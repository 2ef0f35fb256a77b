-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "Messages over a Unix socket",
  task = [[
    Write a server that prints the messages that clients send it over a Unix socket until one says quit,
    server PATH, and a client that sends one, client PATH MESSAGE. Their bytes and what both print are
    in docs/contracts/unix-messages.md. Hand in server.c and client.c.
  ]],
  contract = "unix-messages",
  programs = {
    server = { exe = "server", start = "{exe} {path}" },
    client = { exe = "client", start = "{exe} {path} {message}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "server: tells messages apart by their lengths, however their bytes come", points = 30,
      scenarios = { "unix/messages" }, plays = { "server" }, partial = true },
    { name = "server: a length that is too large or not kept costs its client, nobody else", points = 15,
      scenarios = { "unix/message-lengths" }, plays = { "server" }, partial = true },
    { name = "client: sends length and text, and says when it failed", points = 25,
      scenarios = { "unix/message-client" }, plays = { "client" } },
    { name = "client: waits while the server's queue is full", points = 5,
      scenarios = { "unix/backlog" }, plays = { "client" }, partial = true,
      visibility = "after_published", hint = "what" },
    { name = "your server and your client: the message quit ends it, and its name goes with it", points = 10,
      scenarios = { "unix/quit" }, plays = { "server", "client" } },
    { name = "your server and your client: takes over a name that was left behind, never one in use", points = 10,
      scenarios = { "unix/restart" }, plays = { "server", "client" }, partial = true,
      hint = "what" },
    { name = "both refuse a path that is too long", points = 5,
      scenarios = { "unix/path-too-long" }, plays = { "server", "client" },
      after = { "server: tells messages apart by their lengths, however their bytes come", "client: sends length and text, and says when it failed" },
      visibility = "hidden", hint = "none" },
  },
}
