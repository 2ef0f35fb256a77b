-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of printf has no line "hello": it is there, but no newline ends it; printf exited with 0
return scenario {
  title = "fail unended line",
  run = function(t)
    t.client:run { "/usr/bin/printf", "hello" }:stdout():line "hello" --<-
  end,
}
