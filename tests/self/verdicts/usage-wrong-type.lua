-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: scenario: title must be a string, not 7
return scenario {
  title = 7, --<-
  run = function(t) end,
}
