-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "Guessing game over UDP",
  task = [[
    Write a server for a guessing game, server PORT NUMBERS TRIES, and the client that plays it, client
    ADDRESS PORT TIMEOUT. The words they exchange and what both print are in docs/contracts/udp-
    guess.md. Hand in server.c and client.c.
  ]],
  contract = "udp-guess",
  programs = {
    server = { exe = "server", start = "{exe} {port} {numbers} {tries}" },
    client = { exe = "client", start = "{exe} {address} {port} {timeout}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "server: judges guesses, counts tries, and ends the game", points = 25,
      scenarios = { "udp/guess-game" }, plays = { "server" }, partial = true },
    { name = "server: what is no guess spends no try and harms nobody", points = 15,
      scenarios = { "udp/guess-nonsense" }, plays = { "server" }, partial = true },
    { name = "server: players do not share a game, not even on one host", points = 15,
      scenarios = { "udp/guess-peers" }, plays = { "server" }, partial = true },
    { name = "client: tells its player what happened", points = 30,
      scenarios = { "udp/guess-client" }, plays = { "client" }, partial = true },
    { name = "two of our clients at your server", points = 5,
      scenarios = { "udp/guess-programs" }, plays = { "server" }, partial = true },
    { name = "two of your clients at our server", points = 5,
      scenarios = { "udp/guess-programs" }, plays = { "client" }, partial = true,
      visibility = "hidden", hint = "none" },
    { name = "two of your clients at your server", points = 5,
      scenarios = { "udp/guess-programs" }, plays = { "server", "client" },
      after = { "two of our clients at your server" }, partial = true, hint = "what" },
  },
}
