-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: twice: bind(192.0.2.2:6000) = -1 EADDRINUSE; the script expected it to succeed
return scenario {
  title = "fail unlooked outcome at the end",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local twice = t.server:socket "twice"
    twice:bind(t.server:address(6000)) --<-
  end,
}
