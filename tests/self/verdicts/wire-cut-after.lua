-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire cut after",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    t.wire:cut { from = "server", after = 5 }
    s:send "0123456789"
    t.wire:is_cut()
    c:receives "01234":reads_nothing()
    t.wire:mend()
    c:receives "56789"
  end,
}
