-- SPDX-License-Identifier: MIT
return assignment {
  title = "TCP server that prints what it reads",
  task = [[
    Write a server that prints what its clients send, one client after the other: server PORT BACKLOG.
    The lines it prints are in docs/contracts/tcp-reader.md. Hand in one or more .c files.
  ]],
  contract = "tcp-reader",
  programs = {
    server = { exe = "server", start = "{exe} {port} {backlog}" },
  },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -o server *.c", seconds = 60 },
  tests = {
    { name = "prints the lines of its clients", points = 25,
      scenarios = { "assignments/parts/reader" }, where = { text = "a line" }, partial = true },
    { name = "prints what comes in pieces piece by piece, and nothing twice", points = 15,
      scenarios = { "assignments/parts/reader" }, where = { text = "in pieces" },
      after = { "prints the lines of its clients" }, partial = true },
    { name = "prints bytes of any value", points = 10,
      scenarios = { "assignments/parts/reader" }, where = { text = "binary" },
      after = { "prints the lines of its clients" }, partial = true },
    { name = "a client that left without a word, before it was accepted", points = 10,
      scenarios = { "backlog/disconnect" }, where = { leaves = "silent" },
      after = { "prints the lines of its clients" }, partial = true },
    { name = "what a client said is read, also when it has left by then", points = 15,
      scenarios = { "backlog/disconnect" }, where = { leaves = "spoken" },
      after = { "prints the lines of its clients" }, partial = true },
    { name = "a client that broke off is told from one that ended", points = 15,
      scenarios = { "backlog/disconnect" }, where = { leaves = "reset" },
      after = { "prints the lines of its clients" }, partial = true, hint = "what" },
    { name = "four clients that have all left, in the order they came", points = 10,
      scenarios = { "backlog/disconnect" }, where = { leaves = "all" },
      after = { "prints the lines of its clients" }, partial = true,
      visibility = "after_published", hint = "none" },
  },
}
