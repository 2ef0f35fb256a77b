-- SPDX-License-Identifier: MIT
-- what is said and what is answered, in turn; the first game is about 4, the second about 2, then 4 again
local plays = {
  ["won at once"] = { "4", "won 1", "4", "no game" },
  ["won with the last try"] = { "1", "higher", "6", "lower", "4", "won 3", "4", "no game" },
  lost = { "3", "higher", "5", "lower", "6", "lost 4", "4", "no game" },
  again = { "1", "higher", "new", "range 1 6 tries 3", "3", "lower", "1", "higher", "4", "lost 2",
    "new", "range 1 6 tries 3", "4", "won 1" },
  ["the list from the beginning"] = { "4", "won 1", "new", "range 1 6 tries 3", "2", "won 1",
    "new", "range 1 6 tries 3", "2", "higher", "4", "won 2" },
}

return scenario {
  title = "A guess is judged, tries are counted, and a game ends",
  why = [[
    The last try may win, and if it does not it is lost: who counts before he judges, or compares with "more than" where "as many as" is
    meant, gives one try too few or too many. When the game is over it is over: a server that goes on lets a loser
    guess until he wins. An answer is its letters: a NUL or a newline behind it is another answer.
  ]],
  refs = { "recvfrom(2)", "udp(7)" },
  contract = "udp-guess",
  matrix = { family = { "ipv4", "ipv6" }, play = { "won at once", "won with the last try", "lost", "again", "the list from the beginning" } },
  run = function(t)
    local srv = t:start { numbers = "4,2" }
    local c = t.client:socket("c", "udp"):connect(srv):connected()
    c:send "3":receives "no game"
    c:send "new":receives "range 1 6 tries 3"
    local play = plays[t.p.play]
    for i = 1, #play, 2 do c:send(play[i]):receives(play[i + 1]) end
    c:reads_nothing()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line(name .. " " .. play[#play])
    srv:runs():sleeps()
  end,
}
