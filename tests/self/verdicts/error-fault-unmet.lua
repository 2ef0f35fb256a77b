-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: this fail never met a call accept; if that may be so, write optional = true
return scenario {
  title = "error fault unmet",
  world = "loop",
  run = function(t)
    local p = t.client:run { "true", traced = true }
    p:fail { call = "accept", errno = "EMFILE" } --<-
    p:exits(0)
  end,
}
