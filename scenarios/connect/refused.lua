-- SPDX-License-Identifier: MIT
return scenario {
  title = "A closed port refuses: TCP with RST, UDP with an ICMP error",
  why = [[
    Nobody listens on the port, so the server's kernel answers itself. A SYN gets RST with ACK at once, and
    connect fails with ECONNREFUSED; it is not tried again. A datagram gets an ICMP port unreachable, which
    a connected UDP socket hears of on its next call.
  ]],
  refs = { "connect(2): ECONNREFUSED", "RFC 9293, 3.10.7.1", "udp(7)", "RFC 1122, 4.1.3.3" },
  matrix = { family = { "ipv4", "ipv6" }, protocol = { "tcp", "udp" } },
  run = function(t)
    local c = t.client:socket("c", t.p.protocol):connect(t.server:address(6000))
    if t.p.protocol == "tcp" then
      c:fails "ECONNREFUSED"
      c:state "CLOSED"
      c.flow:exactly [[
        client > server  S
        server > client  R.  ack 1
      ]]
    else
      c:connected():send "is anybody there?"
      t.wire:idle()
      c:send("again", { once = true }):fails "ECONNREFUSED"
      c.flow:exactly [[
        client > server  udp "is anybody there?"
        server > client  icmp unreachable port
      ]]
    end
  end,
}
