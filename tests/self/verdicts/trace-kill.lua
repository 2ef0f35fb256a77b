-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "what a traced program leaves behind is gone too",
  world = "loop",
  run = function(t)
    local sh = t.client:run { "sh", "-c", "(while :; do sleep 1000; done) & sleep 1000 & echo ready; exec sleep 1000", name = "sh", traced = true }
    sh:stdout():line "ready"
    t:expect(sh:children()):is { alive = 3 }
    sh:kill()
    sh:killed_by "KILL"
  end,
}
