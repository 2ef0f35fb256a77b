-- SPDX-License-Identifier: MIT
local BODY = "line\r\n\r\nmore\0of it\n" .. ("\xff"):rep(100)

local function chunk(bytes, extension) return ("%X%s\r\n%s\r\n"):format(#bytes, extension or "", bytes) end

-- How the end of the body is told: a head, the body as it is sent, and whether the server closes behind it.
local framings = {
  ["length"] = { "Content-Length: 119\r\n", BODY, true },
  -- the connection is left open: nobody but the length says that the body is over
  ["length, kept open"] = { "Content-Length: 119\r\n", BODY, false },
  ["small letters, kept open"] = { "content-length:119\r\n", BODY, false },
  ["close"] = { "", BODY, true },
  ["chunks, kept open"] = { "Transfer-Encoding: chunked\r\n",
    chunk(BODY:sub(1, 10)) .. chunk(BODY:sub(11, 40), ";part=2") .. chunk(BODY:sub(41)) .. "0\r\nTrailer: x\r\n\r\n", false },
}

return scenario {
  title = "An answer may come in any pieces; where the body ends is told by chunks, length, or close",
  why = [[
    The answer comes cut in the middle of its status line, between CR and LF, in the middle of the body. One recv() gives what is there:
    neither the head nor the body is whole because a call returned. With a length or chunks the end is known, and a client that waits
    for the close hangs as long as the server likes to keep the connection; HTTP/1.1 keeps it unless it is told not to. The
    names of fields have no case.
  ]],
  refs = { "RFC 9112, 2.2, 6.3, 7.1", "RFC 9110, 5.1", "recv(2)" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" },
    framing = { "length", "length, kept open", "small letters, kept open", "close", "chunks, kept open" } },
  run = function(t)
    local fields, body, closes = table.unpack(framings[t.p.framing])
    local l = t.server:socket("l"):bind(t.server:address(8080)):listen(1)
    local client = t:start { role = "client", address = t.server:address(8080).address, port = 8080, path = "/" }
    local s = l:accept("s"):option("TCP_NODELAY", 1)
    local request = ""
    repeat request = request .. s:receive(4096) until request:find "\n\r?\n$"

    local answer = "HTTP/1.1 200 OK\r\nServer: none\r\n" .. fields .. "\r\n" .. body
    local empty = answer:find("\r\n\r\n", 1, true)
    local from = 1
    for _, to in ipairs { 5, 17, empty, empty + 1, empty + 2, empty + 3, empty + 12, empty + 40, #answer } do
      s:send(answer:sub(from, to))
      -- what was sent is read before more comes
      if to < #answer then client:runs() end
      from = to + 1
    end
    if closes then s:shutdown "wr" end
    client:exits(0)
    client:stdout():exactly(BODY)
    client:stderr():exactly { "status 200" }
    s:reads_eof():close()
  end,
}
