-- SPDX-License-Identifier: MIT
return scenario {
  title = "One send in several segments, several sends in one recv: TCP keeps bytes, not calls",
  why = [[
    4000 bytes do not fit into one segment on a link with an MTU of 1500, so one send becomes at least three. The other way round three
    sends that nobody has read yet are taken by one recv. How often a program called send cannot be told by its peer; who wants messages has to
    say where they end.
  ]],
  refs = { "RFC 9293, 3.7.1", "recv(2)", "tcp(7)" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(l):connected()
    local s = l:accept "s"
    local bytes = t:bytes(4000)
    c:send(bytes):returns(4000)
    s:receives(bytes)
    c.flow:count("client > server data", { min = 3 })
    c.flow:never "client > server len 1461"

    s:send "to":send "get":send "her"
    t:expect(c:queue()):is { unread = 8 }
    local all = c:receive(100)
    t:expect(all):is "together"
    -- and one send, read in three
    s:send "together"
    c:receives "to":receives "get":receives "her":reads_nothing()
  end,
}
