-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: s: recv = 1 "x"; expected nothing to read
return scenario {
  title = "fail reads nothing",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "x"
    s:reads_nothing() --<-
  end,
}
