-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: the scenario names no contract; add contract = "tcp-echo"
return scenario {
  title = "error no contract",
  run = function(t)
    t:start() --<-
  end,
}
