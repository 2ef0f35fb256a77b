-- SPDX-License-Identifier: MIT
return assignment {
  title = "HTTP client: fetch one file",
  task = [[
    Write a client that fetches a file over HTTP and writes it to standard output: client ADDRESS PORT
    PATH. The request, the messages and the exit statuses are in docs/contracts/http-get.md; the server
    of that page is ours. Hand in one or more .c files.
  ]],
  contract = "http-get",
  programs = {
    client = { exe = "client", start = "{exe} {address} {port} {path}" },
  },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -o client *.c", seconds = 60 },
  tests = {
    { name = "fetches a small file, byte for byte", points = 25,
      scenarios = { "http/get" }, where = { size = 1000 }, partial = true },
    { name = "fetches a file of any size, byte for byte", points = 20,
      scenarios = { "http/get" }, after = { "fetches a small file, byte for byte" },
      partial = true },
    { name = "says that it was refused; tries the second address of a name", points = 15,
      scenarios = { "http/refused" }, partial = true },
    { name = "an answer may come in any pieces, and says itself where it ends", points = 15,
      scenarios = { "http/pieces" }, partial = true },
    { name = "an answer that is no success, or breaks off, is told by the exit status", points = 15,
      scenarios = { "http/other-answers" }, partial = true, hint = "what" },
    { name = "understands a server that nobody here wrote", points = 10,
      scenarios = { "http/busybox" }, partial = true, visibility = "hidden", hint = "none" },
  },
}
