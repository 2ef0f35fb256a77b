-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stdout of echo has "ell" at byte 2, which must never come
return scenario {
  title = "fail output never",
  run = function(t)
    local p = t.client:run { "/bin/echo", "hello" }
    p:stdout():never "ell" --<-
    p:exits(0)
  end,
}
