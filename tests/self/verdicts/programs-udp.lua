-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs udp",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    -- the same port of the other transport is another port
    t.server:run { "socat", "TCP6-LISTEN:6000,ipv6only=0", "-", name = "other" }:listens(6000)
    local srv = t.server:run { "socat", "UDP6-RECVFROM:6000,ipv6only=0,fork", "EXEC:/bin/cat", name = "echo" }:listens(6000, "udp")
    t:expect(srv:port()):is(6000)
    local c = t.client:socket("c", "udp"):connect(srv):connected():send "hello":receives "hello"
    srv:flow(1):exactly [[
      client > server  udp "hello"
      server > client  udp "hello"
    ]]
    -- who a datagram came from is where an answer can go
    local s = t.server:socket("s", "udp"):bind(t.server:address(6001))
    c:send("to another", { to = s })
    local bytes, _, more = s:receive()
    t:expect(bytes):is "to another"
    t:expect(more.from):is { address = t.client:address(0).address, port = c:port() }
    s:send("heard", { to = more.from })
  end,
}
