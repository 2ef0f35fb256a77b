-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client prints all that comes until the end, however it comes",
  why = [[
    One recv gives what has come so far, not "the answer": here that is a byte, then a long piece, then short ones with NULs
    in them. Each must be printed while the connection still stands, each byte once, and nothing of an earlier piece behind a
    later one. Only recv() = 0 is the end.
  ]],
  refs = { "recv(2)", "RFC 9293, 3.8", "setvbuf(3)" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" }, bytes = { "text", "binary" }, ends = { "close", "reset" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(3490)):listen(1)
    local client = t:start { role = "client", address = t.server:address(3490).address }
    local s = l:accept "s"
    local pieces = { "T", "his is a test string from server!\n", "and\n",
      t.p.bytes == "text" and "more\n" or "a \0 in the middle, and \xff\n", "no newline here" }
    local all = ""
    for _, piece in ipairs(pieces) do
      s:send(piece)
      all = all .. piece
      client:stdout():has(piece)
      client:runs():sleeps()
    end
    if t.p.ends == "close" then
      s:shutdown "wr"
      client:exits(0)
      s:reads_eof()
      t:flow(3490):never "R"
    else
      s:linger(0):close()
      client:exits(1)
      client:stderr():line "connection lost: ECONNRESET"
    end
    client:stdout():exactly(all)
    t:flow(3490):never "client > server data"
  end,
}
