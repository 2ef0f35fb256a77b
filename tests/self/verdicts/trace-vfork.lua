-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "the child of vfork(2) is traced too, before it executes and afterwards",
  world = "loop",
  matrix = { how = { "vfork", "clone", "spawn" } },
  run = function(t)
    local p = t.client:run { "programs/vfork", "fifo", t.p.how, name = "p", traced = true }
    p:stdout():line "begins"
    t:expect(p:children()):is { alive = 1 }
    p:sleeps()
    t.client:run { "sh", "-c", ": >fifo", name = "opens" }:exits(0)
    p:exits(0)
    p:call [[write(1, "goes on\n") = 8]]
    t:order {
      p:call [[openat(_, "fifo")]],
      p:call [[execve("/bin/echo") = 0]],
      p:call [[write(1, "executed\n") = 9]],
      p:call "wait",
    }
  end,
}
