-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: stderr of p: more than the 1000 bytes that are kept: a flood
-- nobody asks what it wrote; that evidence is cut is told all the same
return scenario {
  title = "fail flood unasked",
  matrix = { bytes = { 1001, 300000 } },
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "head -c " .. t.p.bytes .. " /dev/zero >&2", name = "p", max_output = 1000 } --<-
    p:exits(0)
  end,
}
