-- SPDX-License-Identifier: MIT
return scenario {
  title = "connect on a UDP socket sends nothing; it is a filter and a default address",
  why = [[
    Nothing crosses the link when a UDP socket connects, and it succeeds whether or not somebody is there: nothing was
    asked. From then on the kernel gives it only what comes from that peer. To anybody else the port is as good as closed: the
    stranger is answered by ICMP. A socket that is only bound hears everybody. What was in the queue
    before the connect stays there, whoever sent it.
  ]],
  refs = { "connect(2)", "udp(7)", "RFC 1122, 3.2.2.1" },
  hosts = { "client", "server", "stranger" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):bind(t.client:address(6001))
    local x = t.stranger:socket("x", "udp"):connect(s):connected()
    t:expect(t.server:sockets "udp"):is { { state = "CLOSE", local_port = 6000, remote_port = 0 } }
    x:send "first"
    s:connect(c):connected()
    t:expect(t.server:sockets "udp"):is { { state = "ESTABLISHED", local_port = 6000, remote_port = 6001 } }
    t.wire:idle()
    s:receives "first"

    c:send("from the peer", { to = s })
    x:send "from the stranger"
    s:receives "from the peer":reads_nothing()
    x:send("again", { once = true }):fails "ECONNREFUSED"
    s:send "to the peer"
    c:receives "to the peer"
    -- a datagram may still go elsewhere
    s:send("aside", { to = t.client:address(6001) })
    c:receives "aside":reads_nothing()
    x.flow:exactly [[
      stranger > server  udp "first"
      stranger > server  udp "from the stranger"
      server > stranger  icmp unreachable port
    ]]
    s.flow:exactly [[
      client > server  udp "from the peer"
      server > client  udp "to the peer"
      server > client  udp "aside"
    ]]
  end,
}
