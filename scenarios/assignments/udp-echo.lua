-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "UDP echo: server and client",
  task = [[
    Write a server that sends each datagram back to whoever sent it, server PORT, and a client that
    sends lines and waits for their answers, client ADDRESS PORT TIMEOUT. What both print is in
    docs/contracts/udp-echo.md. Hand in server.c and client.c.
  ]],
  contract = "udp-echo",
  programs = {
    server = { exe = "server", start = "{exe} {port}" },
    client = { exe = "client", start = "{exe} {address} {port} {timeout}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "server: sends a byte back", points = 15,
      scenarios = { "udp/echo" }, where = { size = 1 }, plays = { "server" }, partial = true },
    { name = "server: sends back datagrams of any size, whole", points = 15,
      scenarios = { "udp/echo" }, plays = { "server" }, after = { "server: sends a byte back" },
      partial = true },
    { name = "server: each peer gets its own answers", points = 15,
      scenarios = { "udp/two-peers" }, plays = { "server" },
      after = { "server: sends a byte back" }, partial = true },
    { name = "client: sends a line and prints the answer", points = 15,
      scenarios = { "udp/lines" }, where = { line = "short" }, plays = { "client" },
      partial = true },
    { name = "client: sends each line as one datagram, whatever is in it", points = 10,
      scenarios = { "udp/lines" }, plays = { "client" },
      after = { "client: sends a line and prints the answer" }, partial = true },
    { name = "client: waits for a lost answer no longer than it was told", points = 10,
      scenarios = { "udp/lost" }, plays = { "client" },
      after = { "client: sends a line and prints the answer" }, partial = true },
    { name = "client: does not wait when it is told that nobody is there", points = 5,
      scenarios = { "udp/refused-client" }, plays = { "client" }, partial = true },
    { name = "client: an answer that comes twice is no answer to the next line", points = 5,
      scenarios = { "udp/duplicated" }, plays = { "client" },
      after = { "client: sends a line and prints the answer" }, partial = true, hint = "what" },
    { name = "client: hears nobody but the one it asked", points = 5,
      scenarios = { "udp/stranger" }, plays = { "client" },
      after = { "client: sends a line and prints the answer" }, partial = true,
      visibility = "after_published", hint = "what" },
    { name = "your server and your client, when datagrams come twice", points = 5,
      scenarios = { "udp/duplicated" }, plays = { "server", "client" },
      after = { "server: sends a byte back", "client: sends a line and prints the answer" },
      partial = true, visibility = "hidden", hint = "none" },
  },
}
