-- SPDX-License-Identifier: MIT
local HOST = "Host: server\r\n"
-- A request, in pieces; the status of the answer; what the server prints, when that is more than status and target; the body.
local requests = {
  ["in pieces"] = { { "GE", "T /file HTTP/1.1\r", "\n", HOST .. "Accept: *", "/*\r\n\r", "\n" }, 200, "/file", "bytes\0of a file\n" },
  ["with a query"] = { { "GET /file?size=2&x=/../ HTTP/1.1\r\n" .. HOST .. "\r\n" }, 200, "/file?size=2&x=/../", "bytes\0of a file\n" },
  ["decoded"] = { { "GET /%66il%65 HTTP/1.1\r\n" .. HOST .. "\r\n" }, 200, "/%66il%65", "bytes\0of a file\n" },
  ["a newline in the name"] = { { "GET /file%0alost HTTP/1.1\r\n" .. HOST .. "\r\n" }, 200, "/file%0alost", "two lines\n" },
  ["the folder"] = { { "GET / HTTP/1.0\r\n\r\n" }, 200, "/", "<html>" },
  ["HEAD"] = { { "HEAD /file HTTP/1.1\r\n" .. HOST .. "\r\n" }, 200, "/file", "" },
  ["missing"] = { { "GET /none HTTP/1.1\r\n" .. HOST .. "\r\n" }, 404, "/none" },
  ["the folder above"] = { { "GET /../../../etc/hosts HTTP/1.1\r\n" .. HOST .. "\r\n" }, 400, "/../../../etc/hosts" },
  ["the folder above, encoded"] = { { "GET /%2e%2E/.%2e/%2e./etc/hosts HTTP/1.1\r\n" .. HOST .. "\r\n" }, 400, "/%2e%2E/.%2e/%2e./etc/hosts" },
  ["two slashes"] = { { "GET //etc/hosts HTTP/1.1\r\n" .. HOST .. "\r\n" }, { 400, 404 } },
  ["no version"] = { { "GET /\n" }, 400 },
  ["no Host"] = { { "GET /file HTTP/1.1\r\nAccept: */*\r\n\r\n" }, 400, "/file" },
  ["another method"] = { { "POST /file HTTP/1.1\r\n" .. HOST .. "Content-Length: 9\r\n\r\n", "more=data" }, 501, "/file" },
  ["more than a head"] = { { "GET /" .. ("x"):rep(9000) .. " HTTP/1.1\r\n" .. HOST .. "\r\n" }, 400 },
}

return scenario {
  title = "Each request gets the answer that it asks for, whole, and no file from outside the folder",
  why = [[
    A request is whole when its empty line has come, not when recv() returned. A path is decoded before it is looked at: `%2e%2e` is `..`. A
    request that makes no sense gets 400 as soon as that is seen, for a client that sent "GET /" and a newline will send no more. And a
    server that closes with bytes unread sends RST, which may take the answer away from under its reader.
  ]],
  refs = { "RFC 9112, 2.2, 3, 9.6", "RFC 9110, 9, 15, 17.3", "RFC 3986, 2.1, 6.2.2.3" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" }, request = { "in pieces", "with a query", "decoded", "a newline in the name", "the folder", "HEAD", "missing", "the folder above",
    "the folder above, encoded", "two slashes", "no version", "no Host", "another method", "more than a head" } },
  run = function(t)
    local pieces, wanted, target, expected = table.unpack(requests[t.p.request], 1, 4)
    t:write_file("file", "bytes\0of a file\n")
    t:write_file("index.html", "<html>")
    t:write_file("file\nlost", "two lines\n")
    local server = t:start { role = "server" }
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(server):connected()
    for i, piece in ipairs(pieces) do
      c:send(piece)
      if i < #pieces then t.wire:idle() end
    end
    -- all of the answer is there before it is read: in how many pieces it comes is luck
    t.wire:idle()
    local answer = ""
    repeat
      local bytes, errno = c:receive()
      if errno then t:fail(("the answer ends with %s after %d bytes"):format(errno, #answer)) end
      answer = answer .. bytes
    until bytes == ""
    c:shutdown "wr"

    local head, body = answer:match "^(.-\r\n)\r\n(.*)$"
    if not head then t:fail "the head of the answer does not end with an empty line, or its lines not with CR LF" end
    local status = tonumber(head:match "^HTTP/1%.1 (%d%d%d) [^\r]*\r\n")
    if type(wanted) == "table" then
      if status ~= wanted[1] and status ~= wanted[2] then t:fail(("the status is %s"):format(status)) end
    else
      t:expect(status):is(wanted)
    end
    local length = head:lower():match "\r\ncontent%-length: *(%d+)\r\n"
    if not length then t:fail "the answer has no Content-Length" end
    if not head:lower():find "\r\nconnection: *close\r\n" then t:fail "the answer does not say Connection: close" end
    if expected then t:expect(body):is(expected) end
    t:expect(tonumber(length)):is(t.p.request == "HEAD" and 16 or #body)
    if target then server:stdout():line(status .. " " .. target) end
    -- one line for one answer, whatever stands in a name
    server:stdout():never "\nlost"
    c.flow:never "server > client R"
    server:runs():sleeps()
    local next = t.client:socket("next"):connect(server):connected():send("GET /file HTTP/1.0\r\n\r\n"):shutdown "wr"
    t.wire:idle()
    t:expect(next:receive():sub(-16)):is "bytes\0of a file\n"
  end,
}
