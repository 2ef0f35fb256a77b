-- SPDX-License-Identifier: MIT
local commands = {
  ["a line"] = { "PI", "NG\r", "\n" },
  ["an array"] = { "*", "1\r", "\n$4\r\nPI", "N", "G", "\r", "\n" },
}

return scenario {
  title = "A command in pieces is answered when its last byte has come, and not before",
  why = [[
    A stream has no messages. Each piece is on the server, read, before the next is sent: nothing may be answered until the newline is there, and
    nothing of the pieces before it may be forgotten.
  ]],
  refs = { "https://redis.io/docs/reference/protocol-spec" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" }, command = { "a line", "an array" } },
  run = function(t)
    local server = t:start()
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(server):connected()
    local pieces = commands[t.p.command]
    for i, piece in ipairs(pieces) do
      c:send(piece)
      if i < #pieces then c:reads_nothing() end
    end
    c:receives "+PONG\r\n"
    c:send "QUIT\r\n":receives "+OK\r\n":reads_eof():close()
    c.flow:shape(([[
      client > server       S
      server > client       S.
      client > server       data %d bytes
      server > client       data "+PONG\r\n+OK\r\n"
      server > client       F.
      client > server       F.
    ]]):format(#table.concat(pieces) + 6))
    server:runs()
  end,
}
