-- SPDX-License-Identifier: MIT
local GET = "GET /large HTTP/1.1\r\nHost: server\r\n\r\n"

local rude = {
  ["half a request"] = function(t, server)
    t.client:socket("half"):connect(server):connected():send(GET:sub(1, 12)):close()
    server:stdout():line "lost"
  end,
  ["nothing"] = function(t, server)
    t.client:socket("silent"):connect(server):connected():close()
    server:stdout():line "lost"
  end,
  -- RST answers the first bytes of the answer, EPIPE and SIGPIPE the next
  ["leaves at once"] = function(t, server)
    server:freeze()
    t.client:socket("leaver"):connect(server):connected():send(GET):close()
    -- how much the server hands over before the RST is there must not be luck: it is as much as the kernel takes
    local answer = t.wire:hold "server > client data"
    server:thaw()
    t.wire:idle()
    answer:off():release()
    server:stdout():line "lost /large"
  end,
  ["resets at once"] = function(t, server)
    server:freeze()
    t.client:socket("resetter"):connect(server):connected():send(GET):linger(0):close()
    server:thaw()
    server:stdout():has "lost"
  end,
}

return scenario {
  title = "A web server survives clients that are gone before their answer",
  why = [[
    A browser leaves a page half loaded, a scanner connects and says nothing. Whoever writes to a connection that was reset gets SIGPIPE, which
    kills a server that did not see to it; and what such a client leaves behind must not be the next one's.
  ]],
  refs = { "send(2): EPIPE", "signal(7): SIGPIPE", "RFC 9293, 3.10.7.1" },
  contract = "http-get",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, client = { "half a request", "nothing", "leaves at once", "resets at once" } },
  run = function(t)
    t:write_file("large", t:bytes(100000))
    t:write_file("small", "small\n")
    -- room for little unsent: the whole file cannot be handed over before the RST is there
    t.server:sysctl("net.ipv4.tcp_wmem", "4096 4096 4096")
    local server = t:start { role = "server" }
    rude[t.p.client](t, server)
    server:runs():sleeps()
    local next = t.client:socket("next"):connect(server):connected():send "GET /small HTTP/1.0\r\n\r\n":shutdown "wr"
    server:stdout():line "200 /small"
    t.wire:idle() -- all of it is there: in how many pieces it comes is luck
    local answer = ""
    repeat
      local bytes = next:receive()
      answer = answer .. bytes
    until bytes == ""
    t:expect(answer:match "\r\n\r\n(.*)$"):is "small\n"
    next.flow:never "R"
  end,
}
