-- SPDX-License-Identifier: MIT
return scenario {
  title = "Who has nothing to say ends without a word, and says so to its user",
  why = [[
    The end of standard input is no empty line. A program that takes it for one sends a message that nobody wrote, or sends
    what its buffer held before. The other side hears the end of the stream, before any byte, and can tell that from a
    message.
  ]],
  refs = { "getline(3)", "close(2)", "RFC 9293, 3.6" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, role = { "client", "server" } },
  run = function(t)
    if t.p.role == "client" then
      local l = t.server:socket("l"):bind(t.server:address(12345)):listen(1)
      local client = t:start { role = "client", address = t.server:address(0).address }
      local s = l:accept "s"
      client:runs():sleeps()
      client:close_stdin():exits(1)
      s:reads_eof()
      client:stderr():exactly { "no message to send" }
      t:flow(12345):never "client > server data"
    else
      local srv = t:start()
      local c = t.client:socket("c"):connect(srv):connected():send "hello\n"
      srv:stdout():line "message: hello"
      srv:close_stdin():exits(1)
      c:reads_eof()
      srv:stderr():exactly { "no answer to send" }
      srv:stdout():never "answered"
    end
    t:flow(12345):never "R"
  end,
}
