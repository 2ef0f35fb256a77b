-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a thread that becomes another program takes the first one's place",
  world = "loop",
  run = function(t)
    local p = t.client:run { "programs/thread-execve", name = "p", traced = true }
    p:sleeps()
    p:stdin ""
    p:exits(0)
    p:stdout():exactly "become\n"
    p:call "execve = 0"
    p:never_calls "accept"
  end,
}
