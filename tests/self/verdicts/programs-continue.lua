-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "SIGCONT to a frozen program's first process leaves its child stopped",
  world = "loop",
  matrix = { traced = { false, true } },
  run = function(t)
    local sh = t.client:run { "sh", "-c", "cat; :", name = "sh", traced = t.p.traced }
    t:expect(sh:children()):is { alive = 1 }
    sh:sleeps()
    sh:freeze()
    sh:signal "CONT"
    sh:sleeps()
    sh:stdin "hello\n"
    t.wire:idle()
    sh:sleeps()
    t:expect(sh:stdout():text()):is ""
    sh:thaw()
    sh:stdout():line "hello"
  end,
}
