-- SPDX-License-Identifier: MIT
-- calls.lua - a program of 20,000 watched calls, for ci/bench
return scenario {
  title = "Many calls",
  world = "loop",
  deadline = 60,
  run = function(t)
    local p = t.client:run { "bench-calls", name = "p", traced = true }
    p:exits(0)
    t:expect(p:calls "getsockname = 0"):is(20000)
  end,
}
