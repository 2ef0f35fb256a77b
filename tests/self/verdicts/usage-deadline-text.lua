-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: scenario: deadline must be a number, not "5"
return scenario {
  title = "usage deadline text",
  deadline = "5", --<-
  run = function() end,
}
