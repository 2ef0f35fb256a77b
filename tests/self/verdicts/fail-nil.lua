-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the value is nil; expected is 3
return scenario {
  title = "fail nil",
  run = function(t)
    t:expect(nil):is(nil)
    t:expect(nil):is_not(3)
    t:expect(nil):is(3) --<-
  end,
}
