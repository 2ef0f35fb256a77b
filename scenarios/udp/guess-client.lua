-- SPDX-License-Identifier: MIT
-- guesses with their answers, what is then printed, and the exit status
local RANGE = "guess a number from 1 to 6, tries: 3"
local plays = {
  won = { { "1", "higher", "six", "what", "6", "lower", "4", "won 3" },
    { RANGE, "higher", "not a number from 1 to 6", "lower", "you win, tries: 3" }, 0 },
  lost = { { "1", "higher", "2", "higher", "3", "lost 4" }, { RANGE, "higher", "higher", "you lose: it was 4" }, 3 },
  ["no game"] = { { "1", "no game" }, { RANGE, "no game" }, 4 },
  ["no sense"] = { { "1", "wonderful" }, { RANGE, "no sense: wonderful" }, 4 },
  ["half a number"] = { { "1", "won 1x" }, { RANGE, "no sense: won 1x" }, 4 },
  ["the input ends"] = { { "1", "higher" }, { RANGE, "higher" }, 4 },
  ["no answer"] = { {}, { "no answer within 40 ms" }, 4 },
  refused = { { "1", "higher" }, { RANGE, "higher", "refused" }, 4 },
  doubled = { { "1", "higher", "6", "lower", "4", "won 3" }, { RANGE, "higher", "lower", "you win, tries: 3" }, 0 },
}

return scenario {
  title = "A player is told what happened, and a script by the exit status",
  why = [[
    A client has to look at what came: its end, whether it was won or lost; that nothing came, within the time it was given; that nobody
    is there, which ICMP tells a connected socket. An answer has no NUL: "lower" in a buffer that held "higher" reads "lowerr".
    And an answer that the link doubles waits in the socket: taken for the answer to the next guess, it puts the whole
    game out of step.
  ]],
  refs = { "recv(2)", "udp(7)" },
  contract = "udp-guess",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" },
    play = { "won", "lost", "no game", "no sense", "half a number", "the input ends", "no answer", "refused", "doubled" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(8888))
    local talk, printed, status = plays[t.p.play][1], plays[t.p.play][2], plays[t.p.play][3]
    local client = t:start { role = "client", address = t.server:address(8888).address, port = 8888,
      timeout = t.p.play == "no answer" and 40 or 5000 }
    local function answered(question, answer)
      local bytes, _, more = s:receive()
      t:expect(bytes):is(question)
      s:send(answer, { to = more.from })
    end
    -- not the last one: whether its copy still finds a socket would be luck
    if t.p.play == "doubled" then t.wire:duplicate { "server > client udp", times = 3 } end
    if t.p.play ~= "no answer" then
      answered("new", "range 1 6 tries 3")
      client:stdout():line(RANGE)
    end
    for i = 1, #talk, 2 do
      t.wire:idle() -- both copies are there
      client:stdin(talk[i])
      answered(talk[i], talk[i + 1])
      client:stdout():line(printed[1 + (i + 1) // 2])
    end
    if t.p.play == "the input ends" then client:close_stdin() end
    if t.p.play == "refused" then
      s:close()
      client:stdin "2"
    end
    client:exits(status)
    client:stdout():exactly(printed)
    t:flow(8888):count("client > server udp", 1 + #talk // 2 + (t.p.play == "refused" and 1 or 0))
  end,
}
