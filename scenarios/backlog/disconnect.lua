-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that connects, speaks, and leaves before it is accepted",
  why = [[
    The server stands still, so its kernel alone completes the handshake and keeps the connection, and what it brought,
    in the accept queue. When the server goes on, accept gives each of them in the order in which they came: those who
    left with FIN still deliver their bytes and then an end; who reset is still accepted too, what it had sent is
    still given, and only then recv says ECONNRESET.
  ]],
  refs = { "listen(2)", "accept(2)", "tcp(7)", "RFC 9293, 3.10.7.4" },
  contract = "tcp-reader",
  matrix = { family = { "ipv4", "ipv6" }, leaves = { "silent", "spoken", "reset", "all" } },
  run = function(t)
    local srv = t:start { backlog = 4 }
    srv:stdout():line("listening on port " .. srv:port())
    srv:freeze()

    local function at(port)
      local a = t.client:address(port)
      return (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(a.address, a.port)
    end
    local lines = { "listening on port " .. srv:port() }
    local function expect(...)
      for _, line in ipairs { ... } do lines[#lines + 1] = line end
    end

    local count = 0
    local leave = {
      silent = function(c)
        c:close()
        expect("connected from " .. at(c:port()), "end of " .. at(c:port()))
      end,
      spoken = function(c)
        c:send "hello,\0then gone":close()
        expect("connected from " .. at(c:port()), "received 16 bytes: hello,\\x00then gone", "end of " .. at(c:port()))
      end,
      reset = function(c)
        c:send "hello":linger(0):close()
        expect("connected from " .. at(c:port()), "received 5 bytes: hello", "lost " .. at(c:port()) .. ": ECONNRESET")
      end,
    }
    for _, how in ipairs(t.p.leaves == "all" and { "spoken", "reset", "silent", "spoken" } or { t.p.leaves }) do
      count = count + 1
      local c = t.client:socket("c" .. count):connect(srv):connected()
      t:expect(srv:queue()):is { waiting = count, limit = 4 }
      leave[how](c)
      t.wire:idle()
      if how ~= "reset" then c.flow:never "R" end
    end
    t:given(function() t:expect(srv:queue()):is { waiting = count } end)

    srv:thaw()
    for _, line in ipairs(lines) do srv:stdout():line(line) end
    srv:runs()
    t:expect(srv:queue()):is { waiting = 0 }

    -- it is still there for somebody who stays
    local last = t.client:socket("last"):connect(srv):connected()
    last:send "I stay\n"
    expect("connected from " .. at(last:port()), "received 7 bytes: I stay\\x0a")
    srv:stdout():line(lines[#lines])
    last:send "bye"
    expect "received 3 bytes: bye"
    srv:stdout():line(lines[#lines])

    -- and while that one is served, the next one waits
    t.client:socket("next"):connect(srv):connected():send "after you"
    t:expect(srv:queue()):is { waiting = 1, limit = 4 }
    srv:stdout():exactly(lines)
    srv:runs()
  end,
}
