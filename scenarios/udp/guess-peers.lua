-- SPDX-License-Identifier: MIT
return scenario {
  title = "Players do not share a game, not even on one host",
  why = [[
    UDP has no accept that would give each player a socket of its own: the server must keep the games apart itself, by
    address and port. With one game for all, a second player changes the number of the first and spends the first one's tries; with
    games kept by address alone two programs on one host play one game; with answers sent to whom a game was begun for last,
    the first player waits in vain.
  ]],
  refs = { "recvfrom(2)", "udp(7)" },
  contract = "udp-guess",
  hosts = { "client", "server", "other" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start { numbers = "4,2,6", tries = 2 }
    local a = t.client:socket("a", "udp"):connect(srv):connected()
    local b = t.client:socket("b", "udp"):connect(srv):connected()
    local o = t.other:socket("o", "udp"):connect(srv):connected()
    a:send "new":receives "range 1 6 tries 2"
    o:send "5":receives "no game"
    b:send "new":receives "range 1 6 tries 2"
    o:send "new":receives "range 1 6 tries 2"
    a:send "3":receives "higher"
    b:send "3":receives "lower"
    o:send "3":receives "higher"
    -- one wins, one loses, and neither ends the game of the third
    b:send "2":receives "won 2"
    a:send "6":receives "lost 4"
    o:send "6":receives "won 2"
    for _, s in ipairs { a, b, o } do s:send("1"):receives "no game" end
    for _, s in ipairs { a, b, o } do s:reads_nothing() end

    -- as many players as the contract speaks of
    local many = {}
    for i = 1, 64 do
      many[i] = t.client:socket("player" .. i, "udp"):connect(srv):connected()
      many[i]:send "new":receives "range 1 6 tries 2"
    end
    for i = 1, 64 do
      local number = ({ 4, 2, 6 })[(i + 2) % 3 + 1]
      many[i]:send(tostring(number)):receives "won 1"
    end
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
  end,
}
