-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_DONTROUTE reaches neighbours only, MSG_DONTROUTE does so for one call",
  why = [[
    The client has a route to another network through the server. With the option the kernel looks only at what is directly on a link: to the
    server itself nothing changes, to the other network there is no way, and the call fails with ENETUNREACH at once, with nothing on
    the link. The flag of send is the same for one datagram.
  ]],
  refs = { "socket(7): SO_DONTROUTE", "send(2): MSG_DONTROUTE", "ip-route(8)" },
  needs = { "program:ip" },
  run = function(t)
    t.server:add_address("198.51.100.2", 32)
    t.client:run { "ip", "route", "replace", "198.51.100.2/32", "via", "192.0.2.2", capabilities = { "net_admin" } }:exits(0)
    local far = { address = "198.51.100.2", port = 6000 }
    local s = t.server:socket("s", "udp"):bind { address = "0.0.0.0", port = 6000 }
    local c = t.client:socket("c", "udp"):bind(t.client:address(6001))
    c:send("by the gateway", { to = far })
    s:receives "by the gateway"
    c:send("not this one", { to = far, flags = { "DONTROUTE" }, once = true }):fails "ENETUNREACH"
    c:option("SO_DONTROUTE", 1)
    t:expect(c:option "SO_DONTROUTE"):is(1)
    c:send("nor this", { to = far, once = true }):fails "ENETUNREACH"
    c:send("to a neighbour", { to = t.server:address(6000) })
    s:receives "to a neighbour"

    local l = t.server:socket("l"):bind(far):listen(5)
    t.client:socket("stays"):option("SO_DONTROUTE", 1):connect(far):fails "ENETUNREACH"
    t.client:socket("goes"):connect(far):connected()
    l:accept "a"
    s:reads_nothing()
  end,
}
