-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of echo has no line "hallo"; echo exited with 0
return scenario {
  title = "fail line",
  run = function(t)
    t.client:run { "/bin/echo", "hello" }:stdout():line "hallo" --<-
  end,
}
