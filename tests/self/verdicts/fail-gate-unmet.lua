-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: server > client data "hello" never came (line 4 of the pattern)
-- the gate met no packet because the program is mute: that is what the program has failed for, and no mistake of the script
return scenario {
  title = "fail gate unmet",
  needs = { "wire" },
  deadline = 0.3,
  run = function(t)
    local mute = t.server:run { "ncat", "-l", "6000", name = "mute" }:listens(6000)
    t.wire:delay { "server > client data", by = "40ms" }
    local c = t.client:socket("c"):connect(mute):connected()
    c:send "hello"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
      server > client  data "hello" --<-
    ]]
  end,
}
