-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of echo has 1 bytes more than the 5 expected
return scenario {
  title = "fail output exactly",
  run = function(t)
    local p = t.client:run { "/bin/echo", "hello" }
    p:stdout():exactly "hello" --<-
    p:exits(0)
  end,
}
