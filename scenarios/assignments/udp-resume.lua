-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "UDP file transfer that goes on where it broke off",
  task = [[
    Write a server for one file, server PORT FILE, and a client that fetches it in windows of datagrams
    and asks again for what was lost: client ADDRESS PORT FILE TIMEOUT TRIES WINDOW. The 16 bytes that
    each datagram begins with are in docs/contracts/udp-resume.md. Hand in server.c and client.c.
  ]],
  contract = "udp-resume",
  programs = {
    server = { exe = "server", start = "{exe} {port} {file}" },
    client = { exe = "client", start = "{exe} {address} {port} {file} {timeout} {tries} {window}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "server: sends a whole file", points = 15,
      scenarios = { "transfer/udp-resume" }, where = { offset = "0" }, plays = { "server" },
      partial = true },
    { name = "client: fetches a whole file", points = 15,
      scenarios = { "transfer/udp-resume" }, where = { offset = "0" }, plays = { "client" },
      partial = true },
    { name = "server: sends what it was asked for, to whoever asked", points = 20,
      scenarios = { "transfer/udp-server" }, plays = { "server" }, partial = true },
    { name = "client: pieces may come in any order", points = 10,
      scenarios = { "transfer/udp-client" }, plays = { "client" }, partial = true },
    { name = "client: fetches only what is missing", points = 10,
      scenarios = { "transfer/udp-resume" }, where = { offset = "middle" }, plays = { "client" },
      after = { "client: fetches a whole file" }, partial = true },
    { name = "client: asks again for what was lost, and for nothing else", points = 10,
      scenarios = { "transfer/udp-loss" }, plays = { "client" },
      after = { "client: fetches a whole file" }, partial = true },
    { name = "client: datagrams that come twice or in another order change nothing", points = 5,
      scenarios = { "transfer/udp-disorder" }, plays = { "client" },
      after = { "client: fetches a whole file" }, partial = true, hint = "what" },
    { name = "client: gives up some day, at once when it is told that nobody is there", points = 5,
      scenarios = { "transfer/udp-silence" }, plays = { "client" }, partial = true },
    { name = "your server and your client, cut off in the middle", points = 5,
      scenarios = { "transfer/udp-cut" }, plays = { "server", "client" },
      after = { "server: sends a whole file", "client: fetches a whole file" }, partial = true },
    { name = "your server and your client, asked for what is past the end", points = 5,
      scenarios = { "transfer/udp-resume" }, where = { offset = "size+1" },
      plays = { "server", "client" },
      after = { "server: sends a whole file", "client: fetches a whole file" }, partial = true,
      visibility = "hidden", hint = "none" },
  },
}
