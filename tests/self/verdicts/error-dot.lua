-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: a verb was called on something else than its object; write a colon: c:send(…), t:start()
return scenario {
  title = "error dot",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    c.send("x") --<-
  end,
}
