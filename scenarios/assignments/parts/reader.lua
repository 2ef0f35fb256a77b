-- SPDX-License-Identifier: MIT
local TEXTS = {
  ["a line"] = { "good morning\n" },
  ["in pieces"] = { "good ", "mor", "ning" },
  binary = { "a\0b\n\\\xff" },
}

return scenario {
  title = "A server prints what its client sends, piece by piece, and that it has ended",
  why = [[
    recv gives bytes, no string: there is no NUL behind them, there may be one among them, and what an earlier piece left in
    the buffer is not part of the next one. Each line is to be seen at once, also through a pipe.
  ]],
  refs = { "recv(2)", "setvbuf(3)" },
  contract = "tcp-reader",
  matrix = { family = { "ipv4", "ipv6" }, text = { "a line", "in pieces", "binary" } },
  run = function(t)
    local srv = t:start()
    local name = t.family == "ipv6" and "[%s]:%d" or "%s:%d"
    local lines = { "listening on port " .. srv:port() }
    local function prints(line, ...)
      lines[#lines + 1] = line:format(...)
      srv:stdout():line(lines[#lines])
    end
    srv:stdout():line(lines[1])
    for i = 1, 2 do -- the second client finds the server as the first did
      local c = t.client:socket("c" .. i):connect(srv):connected()
      local from = name:format(t.client:address(0).address, c:port())
      prints("connected from %s", from)
      for _, text in ipairs(TEXTS[t.p.text]) do
        local piece = i .. text -- so that no line of the second client is one of the first
        c:send(piece)
        local shown = piece:gsub("[%c\\\x80-\xff]", function(b) return ("\\x%02x"):format(b:byte()) end)
        prints("received %d bytes: %s", #piece, shown)
      end
      c:shutdown "wr":reads_eof()
      prints("end of %s", from)
      c.flow:never "R"
    end
    srv:runs():sleeps()
    srv:stdout():exactly(lines)
  end,
}
