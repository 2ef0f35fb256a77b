-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire hold",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)

    local syns = t.wire:hold "client > server S"
    local a = t.client:socket("a"):connect(l):connecting():state "SYN_SENT"
    local b = t.client:socket("b"):connect(l):connecting()
    t:expect(syns:held()):is(2)
    t:expect(l:queue()):is { waiting = 0 }
    syns:release(1)
    a:connected()
    b:connecting():state "SYN_SENT"
    t:expect(l:queue()):is { waiting = 1 }
    t.wire:release()
    b:connected()
    t:expect(syns:acted()):is(2)
  end,
}
