-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire drop",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    local lost = t.wire:drop { "client > server data", nth = 2 }
    c:send "one":send "two":send "three"
    s:receives "onetwothree"
    t:expect(lost:acted()):is(1)
    -- the kernel had to send it again
    t:expect(c:info()):is { total_retransmitted = 1 }
    c.flow:count('client > server data "two"', { min = 2, repeats = true })
  end,
}
