-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire reorder",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s)
    t.wire:reorder { "client > server udp", times = 1 }
    c:send "one":send "two":send "three"
    s:receives "two":receives "one":receives "three"
  end,
}
