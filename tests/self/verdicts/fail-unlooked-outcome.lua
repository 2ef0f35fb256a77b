-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c: connect(192.0.2.2:6000) = -1 ECONNREFUSED; the script expected it to succeed
return scenario {
  title = "fail unlooked outcome",
  run = function(t)
    local c = t.client:socket("c"):connect(t.server:address(6000)) --<-
    c:send "hello"
  end,
}
