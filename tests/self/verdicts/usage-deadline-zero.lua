-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: deadline = 0: seconds between 0 and 86400 (a day) are wanted
return scenario {
  title = "usage deadline zero",
  deadline = 0, --<-
  run = function() end,
}
