-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: there is no such machine
return scenario {
  title = "skip own words",
  run = function(t)
    t:skip "there is no such machine" --<-
  end,
}
