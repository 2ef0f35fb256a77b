-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: drop: unknown key "tims"; did you mean "times"?
return scenario {
  title = "a misspelt key of a gate",
  run = function(t)
    t.wire:drop { "client > server S", tims = 1 } --<-
  end,
}
