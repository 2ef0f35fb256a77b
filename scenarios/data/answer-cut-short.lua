-- SPDX-License-Identifier: MIT
return scenario {
  title = "An answer that ends before its newline is none, and the client says so",
  why = [[
    recv() = 0 and recv() = -1 are not an empty answer. A client that prints what its buffer holds and exits with 0 tells a
    script that all went well. An end that came by FIN and one that came by RST are told apart.
  ]],
  refs = { "recv(2): RETURN VALUE, ECONNRESET", "RFC 9293, 3.6" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, came = { "nothing", "a part" }, ends = { "close", "reset" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(12345)):listen(1)
    local client = t:start { role = "client", address = t.server:address(0).address }
    local s = l:accept "s"
    client:stdin "hello"
    s:receives "hello\n"
    if t.p.came == "a part" then
      s:send "the ans"
      client:runs():sleeps()
    end
    if t.p.ends == "close" then
      s:close()
    else
      s:linger(0):close()
    end
    client:exits(1)
    client:stderr():line(t.p.ends == "close" and "no answer: the server ended first" or "connection lost: ECONNRESET")
    client:stdout():never "answer"
    t:flow(12345):count("server > client R", t.p.ends == "close" and 0 or 1)
  end,
}
