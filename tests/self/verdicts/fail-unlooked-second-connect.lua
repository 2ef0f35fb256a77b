-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c: connect(192.0.2.2:6000) = -1 EALREADY; the script expected it to succeed
return scenario {
  title = "a second connect that nobody looked at",
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    t.wire:hold "client > server S"
    t.client:socket("c"):connect(l):connecting():connect(l) --<-
  end,
}
