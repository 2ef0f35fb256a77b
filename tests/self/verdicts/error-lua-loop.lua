-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: the script has computed for 10 s of CPU time; does it loop without waiting?
return scenario {
  title = "error lua loop",
  run = function(t)
    while true do end --<-
  end,
}
