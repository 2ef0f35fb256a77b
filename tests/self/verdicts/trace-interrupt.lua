-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace interrupt",
  world = "loop",
  run = function(t)
    -- the first read is the loader's, of a library
    local p = t.client:run { "programs/interrupted", name = "p", traced = true, faults = { { "interrupt", call = "read", nth = 3, signal = "USR1" } } }
    p:stdout():line "caught"
    p:stdout():line "Interrupted system call"
    p:exits(0)
    p:call "read = -1 EINTR"
  end,
}
