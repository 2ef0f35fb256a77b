-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of p has "sorry" at byte 1, which must never come
return scenario {
  title = "fail fault unmet",
  world = "loop",
  run = function(t)
    local p = t.client:run { "/bin/echo", "sorry", name = "p", traced = true }
    p:fail { call = "accept", errno = "EMFILE" }
    p:stdout():never "sorry" --<-
    p:exits(0)
  end,
}
