-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire duplicate",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"

    t.wire:duplicate { "client > server data", copies = 2, times = 1 }
    c:send "thrice"
    s:receives "thrice":reads_nothing()
    -- three came in (and an ACK of the handshake); the receiver took one
    t:expect(s:info()):is { bytes_received = 6 }
    t:expect(s:info():value().segs_in):at_least(4)
  end,
}
