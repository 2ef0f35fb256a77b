-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a call that a handler never comes back to is over",
  world = "loop",
  run = function(t)
    local p = t.client:run { "programs/longjmp", name = "p", traced = true }
    p:stdout():line "try 1"
    for i = 2, 4 do
      p:sleeps()
      p:signal "USR1"
      p:stdout():line("try " .. i)
    end
    p:stdin ""
    p:exits(0)
    t:expect(p:calls "read(0) = -1 EINTR"):is(3)
    t:expect(p:calls "read(0) = 1"):is(1)
  end,
}
