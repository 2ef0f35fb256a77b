-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a call that waits meets a fault that came after it",
  world = "loop",
  run = function(t)
    local cat = t.client:run { "cat", traced = true }
    cat:sleeps()
    local f = cat:fail { call = "read", errno = "EIO" }
    cat:exits(1)
    cat:stderr():has "Input/output error"
    t:expect(f:acted()):is(1)
  end,
}
