-- SPDX-License-Identifier: MIT
local GCC = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra"

return assignment {
  title = "TCP file transfer that goes on where it broke off",
  task = [[
    Write a server for one file, server PORT FILE, and a client that fetches it and, when it has a part
    of it already, only the rest: client ADDRESS PORT FILE. The request's bytes are in
    docs/contracts/tcp-resume.md. Hand in server.c and client.c.
  ]],
  contract = "tcp-resume",
  programs = {
    server = { exe = "server", start = "{exe} {port} {file}" },
    client = { exe = "client", start = "{exe} {address} {port} {file}" },
  },
  build = { command = GCC .. " -o server server.c && " .. GCC .. " -o client client.c", seconds = 60 },
  tests = {
    { name = "server: sends a whole file", points = 15,
      scenarios = { "transfer/partial-resume" }, where = { offset = "0" }, plays = { "server" },
      partial = true },
    { name = "client: fetches a whole file", points = 15,
      scenarios = { "transfer/partial-resume" }, where = { offset = "0" }, plays = { "client" },
      partial = true },
    { name = "server: sends the rest from an offset", points = 15,
      scenarios = { "transfer/partial-resume" },
      where = { offset = "middle", interruption = "cut" }, plays = { "server" },
      after = { "server: sends a whole file" }, partial = true },
    { name = "client: fetches only what is missing, however it was interrupted", points = 15,
      scenarios = { "transfer/partial-resume" }, where = { offset = "middle" },
      plays = { "client" }, after = { "client: fetches a whole file" }, partial = true },
    { name = "client: has everything, and changes nothing", points = 5,
      scenarios = { "transfer/partial-resume" }, where = { offset = "size" },
      plays = { "client" }, after = { "client: fetches a whole file" }, partial = true },
    { name = "server: an offset past the end gets nothing", points = 5,
      scenarios = { "transfer/partial-resume" }, where = { offset = "size+1" },
      plays = { "server" }, after = { "server: sends a whole file" }, partial = true },
    { name = "server: survives clients that are slow, rude, or gone", points = 15,
      scenarios = { "transfer/rude-clients" }, plays = { "server" },
      after = { "server: sends a whole file" }, partial = true, hint = "what" },
    { name = "client: says that it was refused", points = 5,
      scenarios = { "connect/refused-client" }, plays = { "client" }, partial = true },
    { name = "your server and your client, cut off in the middle", points = 5,
      scenarios = { "transfer/partial-resume" },
      where = { offset = "middle", interruption = "cut" }, plays = { "server", "client" },
      after = { "server: sends a whole file", "client: fetches a whole file" }, partial = true },
    { name = "your server and your client, when one byte is missing", points = 5,
      scenarios = { "transfer/partial-resume" },
      where = { offset = "size-1", interruption = "cut" }, plays = { "server", "client" },
      after = { "server: sends a whole file", "client: fetches a whole file" }, partial = true,
      visibility = "after_published", hint = "none" },
  },
}
