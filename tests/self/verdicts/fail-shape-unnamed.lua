-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 4: client > server P. seq 1:6 ack 1 len 5 "hello" where nothing more was expected
return scenario {
  title = "fail shape unnamed",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    c.flow:shape [[
      client > server  S
      server > client  S.
    ]]
  end,
}
