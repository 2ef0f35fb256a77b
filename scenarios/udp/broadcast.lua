-- SPDX-License-Identifier: MIT
return scenario {
  title = "To all at once only for a socket that has asked for it",
  why = [[
    A typing error must not reach a whole network: send to a broadcast address fails with EACCES until SO_BROADCAST is set. Then every
    socket gets its copy that has bound the port on any address or on the broadcast address itself, in whatever program; one that
    is bound to the host's own address hears nothing, and where nobody listens there is no ICMP in answer. The loop's own
    network, 127.0.0.0/8, has a broadcast address as any other IPv4 network has. IPv6 has none at all.
  ]],
  refs = { "socket(7): SO_BROADCAST", "send(2): EACCES", "RFC 1122, 3.2.2" },
  world = "loop",
  run = function(t)
    local function all(port) return { address = "127.255.255.255", port = port } end
    local any = t.server:socket("any", "udp"):option("SO_REUSEADDR", 1):bind { address = "0.0.0.0", port = 6000 }
    local too = t.server:socket("too", "udp"):option("SO_REUSEADDR", 1):bind(all(6000))
    local own = t.server:socket("own", "udp"):option("SO_REUSEADDR", 1):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):bind(t.client:address(6002))
    c:send("to all", { to = all(6000), once = true }):fails "EACCES"
    c:connect(all(6000)):fails "EACCES"
    any:reads_nothing()
    t:expect(t.server:sockets "udp"):is { { send_queue = 0 }, { send_queue = 0 }, { send_queue = 0 }, { send_queue = 0 } }

    c:option("SO_BROADCAST", 1)
    t:expect(c:option "SO_BROADCAST"):is(1)
    c:send("to all", { to = all(6000) })
    any:receives "to all":reads_nothing()
    too:receives "to all":reads_nothing()
    own:reads_nothing()
    c:send("to nobody", { to = all(6001) })
    c:reads_nothing()
    t:expect(c:option "SO_ERROR"):is(0)
    t:flow(6000):count("udp", 1)
    t:flow(6001):never "icmp"
  end,
}
