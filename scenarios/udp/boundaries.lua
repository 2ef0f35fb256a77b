-- SPDX-License-Identifier: MIT
return scenario {
  title = "One send is one datagram, and one datagram is one receive",
  why = [[
    Three sends that TCP would be free to run together stay three. A receiver with room for all of them still gets one at a
    time, and peeking takes none. An empty send is a datagram too: recv returns 0 for it, which over UDP is a
    length and no end, for there is nothing that could end.
  ]],
  refs = { "udp(7)", "recv(2)", "RFC 768" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    c:send("ab"):returns(2)
    c:send(""):returns(0)
    c:send("c\0d"):returns(3)
    s:receives("ab", { flags = { "PEEK" } })
    s:receives "ab"
    s:receives ""
    s:receives "c\0d"
    s:reads_nothing()
    -- to end what was sent means nothing to the other side
    c:shutdown "wr"
    s:reads_nothing()
    c:send("more", { once = true }):fails "EPIPE"
    c.flow:exactly [[
      client > server  udp "ab" len 2
      client > server  udp "" len 0
      client > server  udp "c\0d" len 3
    ]]
  end,
}
