-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire corrupt mended",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    t.wire:corrupt { "client > server data", flip = 0x20, mend = true, times = 1 }
    c:send "hello"
    s:receives "hellO"
    t:expect(c:info()):is { total_retransmitted = 0 }
  end,
}
