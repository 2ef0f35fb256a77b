-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace calls",
  world = "loop",
  run = function(t)
    local sh = t.client:run { "sh", "-c", "kill -0 $$; (exit 3); exit 4", name = "sh", traced = true }
    sh:exits(4)
    sh:call("kill(_, 0) = 0")
    sh:call "fork"
    t:expect(sh:calls "exit(3)"):is(1)
    t:expect(sh:calls "exit"):is(2)
    t:order { sh:call "fork", sh:call "wait", sh:call "exit(4)" }
    sh:never_calls "exit(5)"
    sh:never_calls "socket"
  end,
}
