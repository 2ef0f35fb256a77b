-- SPDX-License-Identifier: MIT
return scenario {
  title = "Before and after accept: the connection is there already, accept only hands it out",
  why = [[
    A listener has an address and a port and no peer. The kernel finishes the handshake by itself and keeps the new connection with all five of its
    parts: protocol, both addresses, both ports; data may arrive on it. accept makes no connection: it gives this one a
    descriptor. The listener stays as it was, both sockets have the same port, and what tells their packets apart is the peer.
  ]],
  refs = { "accept(2)", "getsockname(2)", "getpeername(2)", "RFC 9293, 3.3.1" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local function at(address, port) return (ipv6 and "[%s]:%d" or "%s:%d"):format(address, port) end
    local any = { address = ipv6 and "::" or "0.0.0.0", port = 6000 }
    local server, client = t.server:address(6000).address, t.client:address(6001)
    -- the server's rows, listeners first; how: without accept a connection has no inode, for it has no descriptor
    local function rows()
      local text = {}
      for _, row in ipairs(t.server:sockets():value()) do
        text[#text + 1] = ("%s %s %s%s"):format(row.state, at(row.local_address, row.local_port), at(row.remote_address, row.remote_port),
          row.inode == 0 and " of nobody" or "")
      end
      table.sort(text, function(a, b) return a > b end)
      return table.concat(text, "\n")
    end

    local l = t.server:socket("l"):bind(any):listen(1)
    l:getsockname():returns(at(any.address, 6000)):getpeername():fails "ENOTCONN"
    local listener = ("LISTEN %s %s"):format(at(any.address, 6000), at(any.address, 0))
    t:expect(rows()):is(listener)

    local c = t.client:socket("c"):bind(client):connect(t.server:address(6000)):connected()
    c:send "before accept"
    t:expect(l:queue()):is { waiting = 1 }
    local connection = ("ESTABLISHED %s %s"):format(at(server, 6000), at(client.address, 6001))
    t:expect(rows()):is(listener .. "\n" .. connection .. " of nobody")

    local s = l:accept "s"
    t:expect(l:queue()):is { waiting = 0 }
    t:expect(rows()):is(listener .. "\n" .. connection)
    s:getsockname():returns(at(server, 6000)):getpeername():returns(at(client.address, 6001))
    c:getsockname():returns(at(client.address, 6001)):getpeername():returns(at(server, 6000))
    l:getsockname():returns(at(any.address, 6000)):getpeername():fails "ENOTCONN"
    s:receives "before accept"
    l:send("to whom?", { once = true }):fails "EPIPE"
    -- another client, other address parts equal: the fifth part differs
    local d = t.client:socket("d"):bind(t.client:address(6002)):connect(t.server:address(6000)):connected()
    d:send "from the other"
    l:accept("e"):receives "from the other"
    s:reads_nothing()
  end,
}
