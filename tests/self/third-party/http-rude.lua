-- SPDX-License-Identifier: MIT
local GET = "GET /large HTTP/1.0\r\nHost: server\r\n\r\n"

local rude = {
  ["half a request"] = function(t, server)
    t.client:socket("half"):connect(server):connected():send(GET:sub(1, 12)):close()
  end,
  ["nothing"] = function(t, server)
    t.client:socket("silent"):connect(server):connected():close()
  end,
  ["leaves at once"] = function(t, server)
    server:freeze()
    t.client:socket("leaver"):connect(server):connected():send(GET):close()
    server:thaw()
  end,
  ["resets at once"] = function(t, server)
    server:freeze()
    t.client:socket("resetter"):connect(server):connected():send(GET):linger(0):close()
    server:thaw()
  end,
}

return scenario {
  title = "A web server survives clients that are gone before their answer, and serves the next one",
  why = [[
    What scenarios/http/rude-clients.lua asks, but for what is printed: a server that nobody here wrote has a log of its own kind. The next client is
    served with all bytes and FIN, and of those who left no connection stays.
  ]],
  refs = { "send(2): EPIPE", "signal(7): SIGPIPE", "RFC 9293, 3.10.7.1" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" }, client = { "half a request", "nothing", "leaves at once", "resets at once" } },
  run = function(t)
    t:write_file("large", t:bytes(100000))
    local server = t:start { role = "server" }
    rude[t.p.client](t, server)
    t.wire:idle()
    local next = t.client:socket("next"):connect(server):connected():send(GET)
    local answer = ""
    repeat
      local bytes, errno = next:receive()
      if errno then t:fail(("the answer ends with %s after %d bytes"):format(errno, #answer)) end
      answer = answer .. bytes
    until bytes == ""
    next:close()
    t:expect(answer:match "^HTTP/1%.%d (%d+) "):is "200"
    t:expect(answer:match "\r\n\r\n(.*)$"):is(t:bytes(100000))
    next.flow:never "R"
    server:runs()
    t:expect(t.server:count "ESTABLISHED"):is(0)
    t:expect(t.server:count "CLOSE_WAIT"):is(0)
  end,
}
