-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client sends its whole line, newline and all, and waits for a whole line",
  why = [[
    The newline is the only thing that tells the server where the message ends: a client that leaves it out, or sends a NUL in
    its place, has both sides wait for each other for ever. The same holds for the answer, which comes in pieces here. The
    server then keeps its side open: a client that waits for the end of the stream, not of the line, never ends.
  ]],
  refs = { "recv(2)", "send(2)", "RFC 9293, 3.8" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local message = "a message of more than thirty-two bytes: " .. ("x"):rep(100)
    local l = t.server:socket("l"):bind(t.server:address(12345)):listen(1)
    local client = t:start { role = "client", address = t.server:address(0).address }
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.server:address(0).address, 12345)
    client:stdout():line("connected to " .. name)
    local s = l:accept "s":option("TCP_NODELAY", 1)
    client:runs():sleeps()
    s:reads_nothing()
    client:stdin(message)
    s:receives(message .. "\n"):reads_nothing()
    for _, piece in ipairs { "t", "he \0 ans", "wer" } do
      s:send(piece)
      client:runs():sleeps()
    end
    s:send "\n"
    client:stdout():line "answer: the \0 answer"
    client:exits(0)
    s:reads_eof()
    client:stdout():exactly { "connected to " .. name, "answer: the \0 answer" }
    client:stderr():exactly ""
    t:flow(12345):never "R"
  end,
}
