-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire delay",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    t.wire:delay { "client > server data", by = "120ms", times = 1 }
    local sent = c.flow:first "client > server S"
    c:send "late"
    s:receives "late"
    s:send "answer"
    c:receives "answer"
    local late, answer = c.flow:first "client > server data", c.flow:first "server > client data"
    t:expect(answer:time() - late:time()):at_least(120e6)
  end,
}
