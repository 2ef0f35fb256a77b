-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: a loop world has no wire
return scenario {
  title = "skip loop has no wire",
  world = "loop",
  run = function(t)
    t.wire:drop "S" --<-
  end,
}
