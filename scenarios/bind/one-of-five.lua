-- SPDX-License-Identifier: MIT
return scenario {
  title = "A host with five addresses: bound to one it is reached by one, bound to any by all",
  why = [[
    bind names the local address that SYNs must have been sent to. The others of the same host, on the same interface and port, refuse: it is as if
    nobody listened. With the any address each of them answers, and getsockname of the accepted socket says which one the client
    used; the reply comes from that one. The loopback address is one more: who binds it cannot be reached from outside.
  ]],
  refs = { "bind(2)", "ip(7): INADDR_ANY", "RFC 1122, 4.1.3.5" },
  matrix = { family = { "ipv4", "ipv6" }, bound_to = { "one", "any", "loopback" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local function at(address, port) return (ipv6 and "[%s]:%d" or "%s:%d"):format(address, port) end
    local addresses = { t.server:address(6000).address }
    for i = 11, 14 do
      addresses[#addresses + 1] = (ipv6 and "2001:db8::%d" or "192.0.2.%d"):format(i)
      t.server:add_address(addresses[#addresses])
    end
    local to = ({ one = addresses[3], any = ipv6 and "::" or "0.0.0.0", loopback = ipv6 and "::1" or "127.0.0.1" })[t.p.bound_to]
    local l = t.server:socket("l"):bind({ address = to, port = 6000 }):listen(8)
    l:getsockname():returns(at(to, 6000))
    for i, address in ipairs(addresses) do
      local c = t.client:socket("c" .. i):connect { address = address, port = 6000 }
      if t.p.bound_to == "any" or address == to then
        c:connected():send "hello"
        local s = l:accept("s" .. i)
        s:getsockname():returns(at(address, 6000))
        s:receives("hello"):send "and back"
        c:receives "and back"
      else
        c:fails "ECONNREFUSED"
        c.flow:exactly [[
          client > server  S
          server > client  R.  ack 1
        ]]
      end
    end
    local own = t.server:socket("own"):connect { address = ipv6 and "::1" or "127.0.0.1", port = 6000 }
    if t.p.bound_to == "one" then own:fails "ECONNREFUSED" else own:connected() end
  end,
}
