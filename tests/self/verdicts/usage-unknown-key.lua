-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: scenario: unknown key "tittle"; did you mean "title"?
return scenario {
  tittle = "a key that nobody reads", --<-
  run = function(t) end,
}
