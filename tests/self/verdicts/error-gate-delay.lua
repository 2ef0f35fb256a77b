-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: delay: unknown key "bye"; did you mean "by"?
return scenario {
  title = "a misspelt time is told before it is missed",
  run = function(t)
    t.wire:delay { "client > server S", bye = "40ms" } --<-
  end,
}
