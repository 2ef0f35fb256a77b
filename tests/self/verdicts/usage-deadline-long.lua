-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: deadline = 86401: seconds between 0 and 86400 (a day) are wanted
return scenario {
  title = "usage deadline long",
  deadline = 86401, --<-
  run = function() end,
}
