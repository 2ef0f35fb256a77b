-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the value is 880000000; expected is as long as the timer, set to 1.000 s: 0.…
return scenario {
  title = "fail lasts short",
  run = function(t)
    t:expect(880000000):lasts(1) --<-
  end,
}
