-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the copy differs
-- explanation has: byte 7 is not byte 7
return scenario {
  title = "fail own words",
  run = function(t)
    t:fail("the copy differs", "byte 7 is not byte 7") --<-
  end,
}
