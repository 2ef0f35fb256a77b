-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: deadline = -1: seconds between 0 and 86400 (a day) are wanted
return scenario {
  title = "usage deadline negative",
  deadline = -1, --<-
  run = function() end,
}
