-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: no call "acept" is watched; did you mean "accept"?
return scenario {
  title = "error call name",
  world = "loop",
  run = function(t)
    t.client:run { "true", traced = true }:call "acept" --<-
  end,
}
