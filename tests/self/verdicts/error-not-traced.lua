-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: true is not traced; start it with traced = true
return scenario {
  title = "error not traced",
  world = "loop",
  run = function(t)
    t.client:run { "true" }:call "accept" --<-
  end,
}
