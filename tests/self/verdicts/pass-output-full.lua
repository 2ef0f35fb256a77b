-- SPDX-License-Identifier: MIT
-- verdict: pass
-- as much as is kept is not too much
return scenario {
  title = "pass output full",
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "head -c 1000 /dev/zero; head -c 1000 /dev/zero >&2", name = "p", max_output = 1000 }
    p:exits(0)
    p:stdout():exactly(("\0"):rep(1000))
  end,
}
