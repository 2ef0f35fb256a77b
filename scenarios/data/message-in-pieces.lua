-- SPDX-License-Identifier: MIT
local SPLITS = {
  whole = { "hello, server\n" },
  ["two-pieces"] = { "hello, ", "server\n" },
  ["newline-late"] = { "hello, server", "\n" },
  ["byte-by-byte"] = { "h", "e", "l", "l", "o", "\n" },
  long = { ("0123456789"):rep(10), "abcdef\n" },
  binary = { "a \0 and \xff\xfe \r", " b\n" },
  empty = { "\n" },
}

return scenario {
  title = "A message ends where it says so, not where a recv ends",
  why = [[
    TCP keeps the order of bytes and nothing else: a line that was sent at once may come in pieces, each to a recv of its own.
    Here the client sends the pieces one by one, and the server is seen to wait for more after each. A server that takes one
    recv for one message answers half a line. So does one whose buffer of 32 bytes was thought to be enough.
  ]],
  refs = { "recv(2)", "RFC 9293, 3.8" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" },
    message = { "whole", "two-pieces", "newline-late", "byte-by-byte", "long", "binary", "empty" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(srv):connected()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line("connected from " .. name)
    local all = ""
    for _, piece in ipairs(SPLITS[t.p.message]) do
      srv:runs():sleeps()
      c:send(piece)
      all = all .. piece
    end
    local heard = srv:stdout():line("message: " .. all:sub(1, -2))
    c:reads_nothing()
    srv:stdin "the answer"
    c:receives "the answer\n":reads_eof()
    t:order { heard, srv:stdout():line "answered" }
    srv:runs():sleeps()
    c:close()
    srv:exits(0)
    srv:stdout():exactly { "listening on port " .. srv:port(), "connected from " .. name, "message: " .. all:sub(1, -2), "answered" }
    srv:stderr():exactly ""
    c.flow:never "R"
    t:expect(c.flow:stream "client > server"):is(all)
    t:expect(c.flow:stream "server > client"):is "the answer\n"
  end,
}
