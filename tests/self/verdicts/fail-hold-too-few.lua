-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: 1 of the 2 packets to release were there within 0.3 s
return scenario {
  title = "fail hold too few",
  needs = { "wire" },
  deadline = 0.3,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local syns = t.wire:hold "client > server S"
    t.client:socket("a"):connect(l):connecting()
    syns:release(2) --<-
  end,
}
