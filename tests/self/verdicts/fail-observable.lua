-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: l queue is { limit = 4, waiting = 0 }; expected is { waiting = 1 } within 0.2 s
return scenario {
  title = "fail observable",
  deadline = 0.2,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    t:expect(l:queue()):is { waiting = 1 } --<-
  end,
}
