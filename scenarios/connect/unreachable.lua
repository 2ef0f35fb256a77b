-- SPDX-License-Identifier: MIT
return scenario {
  title = "No route: ENETUNREACH at once, and no packet",
  why = [[
    The host itself knows that it cannot get there: its routing table has no entry for that network. connect fails in the call, before
    a port is chosen or a SYN is made. TCP and UDP alike; a datagram socket that is not connected is told by sendto.
  ]],
  refs = { "connect(2): ENETUNREACH", "send(2)", "ip(7)", "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" },
  matrix = { family = { "ipv4", "ipv6" }, call = { "tcp connect", "udp connect", "udp sendto" } },
  run = function(t)
    local elsewhere = { address = t.family == "ipv6" and "2001:db8:ffff::1" or "198.51.100.1", port = 6000 }
    local c = t.client:socket("c", t.p.call:match "^%a+")
    if t.p.call == "udp sendto" then
      c:bind(t.client:address(6001)):send("hello", { to = elsewhere, once = true }):fails "ENETUNREACH"
    else
      c:connect(elsewhere):fails "ENETUNREACH"
    end
    c:getpeername():fails "ENOTCONN"
    t:expect(t.client:count "SYN_SENT"):is(0)
    t:quiet(5)
    -- the socket is as good as before
    local s = t.server:socket("s", t.p.call:match "^%a+"):bind(t.server:address(6000))
    if t.p.call == "tcp connect" then s:listen(1) end
    c:connect(s):connected()
  end,
}
