-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: this expectation expects nothing; write t:expect(x):is(…)
return scenario {
  title = "error expectation of nothing",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    t:expect(l:queue()) --<-
  end,
}
