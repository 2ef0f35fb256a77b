-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: deadline = inf: seconds between 0 and 86400 (a day) are wanted
return scenario {
  title = "usage deadline infinite",
  deadline = math.huge, --<-
  run = function() end,
}
