-- SPDX-License-Identifier: MIT
-- What the server sends before it ends (with FIN, or reset), and what comes of it: exit status, stdout, stderr.
local answers = {
  ["not found"] = { "HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nnone.\n", 3, "none.\n", { "status 404" } },
  ["moved"] = { "HTTP/1.0 302 Found\r\nLocation: /there\r\n\r\n", 3, "", { "status 302" } },
  ["no content"] = { "HTTP/1.1 204 No Content\r\n\r\n", 0, "", { "status 204" } },
  ["continue first"] = { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes", 0, "yes", { "status 200" } },
  ["cut short"] = { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", 4, "0123456789", { "status 200", "cut short after 10 bytes" } },
  ["reset"] = { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", 4, "0123456789", { "status 200", "cut short after 10 bytes" }, true },
  -- a close would be the end of it; a reset is not (RFC 9112, 8)
  ["reset without a length"] = { "HTTP/1.1 200 OK\r\n\r\n0123456789", 4, "0123456789", { "status 200", "cut short after 10 bytes" }, true },
  ["chunk cut short"] = { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n0123456789", 4, "0123456789",
    { "status 200", "cut short after 10 bytes" } },
  ["no status line"] = { "hello\r\n", 4, "" },
  ["nothing"] = { "", 4, "" },
  ["half a head"] = { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", 4, "" },
}

return scenario {
  title = "An answer that is no success, and one that breaks off, are told by the exit status",
  why = [[
    A page that says "not found" is a body like any other: only the status tells a script that the file is not there. And a body that is shorter
    than its length is a file that broke off: the close is its end only where no length was given. recv() gives -1 when the
    connection is reset; as a number of bytes that is more than any buffer holds.
  ]],
  refs = { "RFC 9110, 15", "RFC 9112, 6.3, 8", "recv(2): ECONNRESET" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" }, answer = { "not found", "moved", "no content", "continue first", "cut short", "reset", "reset without a length", "chunk cut short",
    "no status line", "nothing", "half a head" } },
  run = function(t)
    local answer, status, body, said, reset = table.unpack(answers[t.p.answer], 1, 5)
    local l = t.server:socket("l"):bind(t.server:address(8080)):listen(1)
    local client = t:start { role = "client", address = t.server:address(8080).address, port = 8080, path = "/" }
    local s = l:accept "s"
    local request = ""
    repeat request = request .. s:receive(4096) until request:find "\n\r?\n$"
    s:send(answer)
    -- a reset throws away what was not read
    t.wire:idle()
    if reset then s:linger(0):close() else s:shutdown "wr" end
    client:exits(status)
    client:stdout():exactly(body)
    if said then client:stderr():exactly(said) else client:stderr():has "bad answer: " end
  end,
}
