-- SPDX-License-Identifier: MIT
-- What is sent, and what is answered before the server closes.
local nonsense = {
  ["length"] = { "*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length\r\n" },
  ["number"] = { "*9999999999\r\n", "-ERR Protocol error: invalid multibulk length\r\n" },
  ["endless line"] = { ("x"):rep(1000000), "-ERR Protocol error: too big inline request\r\n" },
}

return scenario {
  title = "What cannot be a command is answered with an error, and the connection is closed",
  why = [[
    Behind a wrong length nobody knows where the next command begins, so the server says what is wrong and closes. A close with
    bytes unread sends RST, which may take the answer away from the client.
  ]],
  refs = { "https://redis.io/docs/reference/protocol-spec", "RFC 9293, 3.6.1" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" }, what = { "length", "number", "endless line" } },
  run = function(t)
    local sent, answer = table.unpack(nonsense[t.p.what])
    -- room for all of it: what the server leaves unread must not be luck
    t.server:sysctl("net.ipv4.tcp_rmem", "4096 4000000 6000000")
    local server = t:start()
    local good = t.client:socket("good"):connect(server):connected()
    -- all of it is there before a byte is read
    server:freeze()
    local c = t.client:socket("c"):connect(server):connected():send(sent)
    t.wire:idle()
    server:thaw()
    c:receives(answer):reads_eof()
    c.flow:never "R"
    good:send "PING\r\n":receives "+PONG\r\n"
    server:runs()
  end,
}
