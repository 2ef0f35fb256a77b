-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: no packet client > server F within 0.2 s
return scenario {
  title = "fail first",
  deadline = 0.2,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c.flow:first "client > server F" --<-
  end,
}
