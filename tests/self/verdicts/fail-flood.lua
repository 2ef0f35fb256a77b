-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of yes: more than the 1000 bytes that are kept: a flood
return scenario {
  title = "fail flood",
  deadline = 0.5,
  run = function(t)
    local p = t.client:run { "/usr/bin/yes", max_output = 1000 }
    p:stdout():has "no" --<-
  end,
}
