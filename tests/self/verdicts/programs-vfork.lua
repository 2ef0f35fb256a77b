-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "who waits in vfork(2) sleeps, can be frozen, and goes on when thawed",
  world = "loop",
  matrix = { how = { "vfork", "clone", "spawn" }, threads = { 1, 2 }, traced = { false, true } },
  run = function(t)
    local p = t.client:run { "programs/vfork", "fifo", t.p.how, t.p.threads == 2 and "thread" or nil, name = "p", traced = t.p.traced }
    p:stdout():line "begins"
    t:expect(p:children()):is { alive = 1 }
    p:sleeps()
    for _ = 1, 3 do
      p:freeze()
      p:thaw()
    end
    p:freeze()
    local opens = t.client:run { "sh", "-c", ": >fifo", name = "opens" }
    p:stdin "x"
    t.wire:idle()
    t:expect(p:stdout():text()):is "begins\n"
    p:thaw()
    p:stdout():has "goes on"
    p:stdout():has "executed"
    if t.p.threads == 2 then p:stdout():has "has input" end
    p:exits(0)
    opens:exits(0)
  end,
}
