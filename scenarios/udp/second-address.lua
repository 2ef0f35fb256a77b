-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server bound to every address may answer from another than it was asked at",
  why = [[
    A socket that is bound to the wildcard has no address of its own: the kernel takes one for each datagram that it sends, by the route
    (IPv4: the first of the network, IPv6: the one most like the destination's), and not the one that the question came to. A client that
    has connected its socket is deaf to that answer, and its kernel refuses it. A host with two addresses is enough. The server must
    bind to each address, or learn where it was asked (IP_PKTINFO).
  ]],
  refs = { "udp(7)", "ip(7): IP_PKTINFO", "RFC 1122, 4.1.3.5", "RFC 6724, 5" },
  matrix = { family = { "ipv4", "ipv6" }, bound = { "any", "each" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local more = ipv6 and "2001:db8::77" or "192.0.2.77"
    t.server:add_address(more, ipv6 and 128 or 32)
    -- the one that the kernel would not choose by itself
    local asked = ipv6 and t.server:address(6000) or { address = more, port = 6000 }
    local wildcard = { address = ipv6 and "::" or "0.0.0.0", port = 6000 }
    local s = t.server:socket("s", "udp"):bind(t.p.bound == "any" and wildcard or asked)
    local c = t.client:socket("c", "udp"):connect(asked):connected():send "where are you?"
    local bytes, _, told = s:receive()
    t:expect(bytes):is "where are you?"
    s:send("here", { to = told.from })
    if t.p.bound == "each" then
      c:receives "here"
    else
      c:reads_nothing()
      t:flow(c:port()):exactly [[
        server > client  udp "here"
        client > server  icmp unreachable port
      ]]
    end
  end,
}
