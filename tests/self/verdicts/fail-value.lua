-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the value is 2; expected is 3
return scenario {
  title = "fail value",
  run = function(t)
    t:expect(1 + 1):is(3) --<-
  end,
}
