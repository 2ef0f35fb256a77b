-- SPDX-License-Identifier: MIT
local words = { "", "abc", "4x", " 4", "4\n", "4\0", "+4", "-4", "0", "7", "44", "4294967300", "18446744073709551620",
  "NEW", "new\n", ("4"):rep(511), ("9"):rep(1400) }

return scenario {
  title = "What is no guess is told so, spends no try, and harms nobody",
  why = [[
    Anybody can send anything. atoi makes 0 of letters, a guess like another; 4294967300 is 4 to who computes in 32 bits. A datagram is
    not ended by a NUL: what recvfrom brought ends where it says, and behind it stands what was in the buffer before, so that after
    a long datagram a short guess grows a tail. And a server that does not live through one of these is everybody's loss.
  ]],
  refs = { "atoi(3)", "strtol(3)", "recvfrom(2)" },
  contract = "udp-guess",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start { tries = 1 }
    local c = t.client:socket("c", "udp"):connect(srv):connected()
    c:send "new":receives "range 1 6 tries 1"
    for _, word in ipairs(words) do c:send(word):receives "what" end
    -- five digits and then one
    c:send("65432"):receives "what"
    c:send "4":receives "won 1"
    c:send("abc"):receives "no game"
    c:reads_nothing()
    srv:runs():sleeps()
  end,
}
