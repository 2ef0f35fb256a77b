-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the value is 3000000000; expected is as long as the timer, set to 1.000 s: 0.…
return scenario {
  title = "fail lasts",
  run = function(t)
    t:expect(1000000000):lasts(1)
    t:expect(1100000000):lasts(1)
    t:expect(3000000000):lasts(1) --<-
  end,
}
