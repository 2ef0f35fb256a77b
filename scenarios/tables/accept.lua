-- SPDX-License-Identifier: MIT
return scenario {
  title = "A connection is in the table before it is accepted, and one row tells it from all others",
  why = [[
    The kernel finishes the handshake by itself. From then on the connection has a row of its own, ESTABLISHED, with both
    ends, while the listener counts one who waits. accept changes only that count: the row is the same, for a connection
    is known by its protocol, two addresses and two ports, and the server's port does not change.
  ]],
  refs = { "accept(2)", "listen(2)", "RFC 9293, 3.3.1" },
  contract = "socket-table",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local function at(host, port)
      return (t.family == "ipv6" and "[%s]:%s" or "%s:%s"):format(host:address(0).address, port)
    end
    local function table_is(name, lines)
      local lister = t:start { name = name }
      if #lines > 0 then
        lister:stdout():has ":6000 waiting "
        lister:stdout():has(at(t.server, ""))
      end
      for _, line in ipairs(lines) do lister:stdout():line(line) end
      lister:stdout():exactly(#lines > 0 and lines or "")
      lister:exits(0)
    end
    local function row(c) return ("ESTABLISHED %s %s unread 0 unacknowledged 0"):format(at(t.server, 6000), at(t.client, c:port())) end
    local function waiting(n) return ("LISTEN %s waiting %d"):format(at(t.server, 6000), n) end

    table_is("nothing", {})
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    table_is("listening", { waiting(0) })
    local a = t.client:socket("a"):connect(l):connected()
    local b = t.client:socket("b"):connect(l):connected()
    t:given(function() t:expect(l:queue()):is { waiting = 2 } end)
    table_is("before", { row(a), row(b), waiting(2) })
    local s = l:accept "s"
    table_is("between", { row(a), row(b), waiting(1) })
    l:accept "s2"
    table_is("after", { row(a), row(b), waiting(0) })
    t:given(function()
      a:close()
      s:reads_eof():close()
      a:state "TIME_WAIT"
    end)
    table_is("without-a", { row(b), waiting(0) })
  end,
}
