-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: drop: unknown key "copies"; there are: filter, nth, optional, times
return scenario {
  title = "a key of another gate",
  run = function(t)
    t.wire:drop { "client > server S", copies = 2 } --<-
  end,
}
