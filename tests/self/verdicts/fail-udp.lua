-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 1: client > server udp "hello" where "hallo" was expected (line 1 of the pattern)
return scenario {
  title = "fail udp",
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):send "hello"
    s:receives "hello"
    c.flow:exactly [[
      client > server  udp "hallo" --<-
    ]]
  end,
}
