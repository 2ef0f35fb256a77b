-- SPDX-License-Identifier: MIT
-- A field of a head, by its name in small letters.
local function field(head, name)
  for line in head:gmatch "[^\r\n]+" do
    local key, value = line:match "^([^:]+):%s*(.-)%s*$"
    if key and key:lower() == name then return value end
  end
end

return scenario {
  title = "A file arrives byte for byte, and both ends close",
  why = [[
    The request is lines ended by CR LF and an empty one; HTTP/1.1 has the Host in it, without which a server answers 400. "GET /"
    and a bare newline is HTTP/0.9, which servers answer, if at all, out of courtesy. The file has bytes of every value: what is
    measured with strlen() ends at the first NUL. Content-Length is that of the body alone.
  ]],
  refs = { "RFC 9112, 2.2, 3.2, 6.2", "RFC 9110, 7.2, 8.6" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" }, size = { 0, 1, 1000, 300000 } },
  run = function(t)
    local bytes = t:bytes(t.p.size)
    t:write_file("file.bin", bytes)
    local server = t:start { role = "server" }
    local address = server:address().address
    local client = t:start { role = "client", address = address, port = server:port(), path = "/file.bin" }
    local flow = t:flow(server:port())
    t:given(function() flow:first "client > server data" end)
    t.wire:idle()

    local request = flow:stream "client > server"
    if request:gsub("\r\n", ""):find "[\r\n]" then t:fail "a line of the request is not ended by CR LF" end
    t:expect(request:match "^[^\r]*"):is "GET /file.bin HTTP/1.1"
    t:expect(request:sub(-4)):is "\r\n\r\n"
    if not field(request, "host") then t:fail "the request has no Host" end
    t:expect(field(request, "host")):is((t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(address, server:port()))

    local head = (flow:stream "server > client"):match "^.-\r\n\r\n"
    if not head then t:fail("the head of the answer does not end with an empty line, or its lines not with CR LF") end
    t:expect(head:match "^[^\r]*"):is "HTTP/1.1 200 OK"
    t:expect(field(head, "content-length")):is(tostring(t.p.size))
    t:expect(flow:bytes "server > client"):is(#head + t.p.size)

    client:exits(0)
    client:stdout():exactly(bytes)
    client:stderr():exactly { "status 200" }
    server:stdout():line "200 /file.bin"
    server:runs()
    flow:never "R"
    t:expect(flow:ended()):is "closed"
  end,
}
