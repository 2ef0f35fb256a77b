-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire corrupt",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    -- noticed: the checksum is wrong, the segment is not taken, and comes again whole
    local bad = t.wire:corrupt { "client > server data", times = 1 }
    c:send "hello"
    s:receives "hello"
    t:expect(bad:acted()):is(1)
    t:expect(c:info()):is { total_retransmitted = 1 }
  end,
}
