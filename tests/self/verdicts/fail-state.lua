-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c is in ESTABLISHED; expected TIME_WAIT within 0.2 s
return scenario {
  title = "fail state",
  deadline = 0.2,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:state "TIME_WAIT" --<-
  end,
}
