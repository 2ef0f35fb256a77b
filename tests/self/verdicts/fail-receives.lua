-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: what s received differs from byte 2 on
return scenario {
  title = "fail receives",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hallo"
    s:receives "hello" --<-
  end,
}
