-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: stack overflow
return scenario {
  title = "error lua stack",
  run = function(t)
    local function down(n) return 1 + down(n + 1) end --<-
    down(1)
  end,
}
