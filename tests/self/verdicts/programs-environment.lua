-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs environment",
  run = function(t)
    -- nothing of the harness's own environment, where somebody may keep a password, reaches a program
    local env = t.client:run { "/usr/bin/env", name = "env", env = { "OURS=1" } }
    env:exits(0)
    env:stdout():line "OURS=1"
    env:stdout():never "SOCKPROOF"
    env:stdout():never "SECRET_OF_THE_HARNESS"
    local fds = t.client:run { "/bin/ls", "/proc/self/fd", name = "fds" }
    fds:exits(0):stdout():exactly { "0", "1", "2", "3" }
  end,
}
