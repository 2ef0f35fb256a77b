-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: client > server S (event …) came before client > server data (event …)
return scenario {
  title = "fail order",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    local data, syn = c.flow:first "client > server data", c.flow:first "client > server S"
    t:order { data, syn } --<-
  end,
}
