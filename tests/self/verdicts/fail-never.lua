-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 4: client > server  R. seq 1 ack 1 came, but "R" must never come
return scenario {
  title = "fail never",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c.flow:never "R" --<-
    c:linger(0):close()
    s:reset()
  end,
}
