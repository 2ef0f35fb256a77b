-- SPDX-License-Identifier: MIT
return scenario {
  title = "The largest datagram arrives whole; one byte more is not sent at all",
  why = [[
    The length field of UDP counts its own header of 8 bytes, that of IPv4 also the IP header of 20: 65507 bytes are left
    over IPv4 and 65527 over IPv6, whose length field does not count its header. It crosses the link in pieces, but arrives whole or
    not at all. What is too large is refused by send; nothing is cut to size, nothing is sent. A program that must not
    be cut into pieces on the way says so, and then the link's MTU is the limit.
  ]],
  refs = { "send(2): EMSGSIZE", "ip(7): IP_MTU_DISCOVER", "RFC 768", "RFC 8200, 3" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local largest, headers = ipv6 and 65527 or 65507, ipv6 and 48 or 28
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    local bytes = t:bytes(largest + 1)
    c:send(bytes:sub(1, largest)):returns(largest)
    s:receives(bytes:sub(1, largest))
    c:send(bytes, { once = true }):fails "EMSGSIZE"
    s:reads_nothing()

    -- 2: IP_PMTUDISC_DO, the same number for both families
    c:option(ipv6 and "IPV6_MTU_DISCOVER" or "IP_MTU_DISCOVER", 2)
    t:expect(c:option(ipv6 and "IPV6_MTU" or "IP_MTU")):is(1500)
    c:send(bytes:sub(1, 1500 - headers)):returns(1500 - headers)
    s:receives(bytes:sub(1, 1500 - headers))
    c:send(bytes:sub(1, 1500 - headers + 1), { once = true }):fails "EMSGSIZE"
    s:reads_nothing()
  end,
}
