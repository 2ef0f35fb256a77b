-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: client > server F. never came (line 4 of the pattern)
return scenario {
  title = "fail shape missing",
  deadline = 0.3,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    s:close()
    c:reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      server > client  F.
      client > server  F. --<-
    ]]
  end,
}
