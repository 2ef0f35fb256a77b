-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: 1 packet fits "S", expected exactly 2
return scenario {
  title = "fail count",
  deadline = 0.3,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c.flow:count("S", 2) --<-
  end,
}
