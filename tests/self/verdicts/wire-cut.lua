-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire cut",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    t.wire:cut()
    c:send "into the void"
    s:reads_nothing()
    t.client:socket("d"):connect(l):connecting():state "SYN_SENT"
    t.wire:mend()
    s:receives "into the void"
  end,
}
