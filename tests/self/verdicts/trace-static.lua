-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace a static program with threads",
  world = "loop",
  run = function(t)
    local p = t.client:run { "programs/threads-static", name = "p", traced = true }
    p:exits(0)
    -- each of its four threads, and the child of one, makes a socket of its own
    t:expect(p:calls "socket(AF_INET6, SOCK_DGRAM, 0)"):is(5)
    t:expect(p:calls "close = 0"):at_least(5)
    p:call "exit(7)"
  end,
}
