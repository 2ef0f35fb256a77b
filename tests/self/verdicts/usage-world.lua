-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: world = "flat"; there are "wire" and "loop"
return scenario {
  title = "no such world",
  world = "flat", --<-
  run = function(t) end,
}
