-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: there were only 1 packets to release, not 2; wait with t:expect(gate:held()):is(2)
return scenario {
  title = "wire hold too few",
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local syns = t.wire:hold "client > server S"
    t.client:socket("a"):connect(l):connecting()
    syns:release(2) --<-
  end,
}
