-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 4: client > server 'e' where 'a', byte 2 of data "hallo", was expected (line 3 of the pattern)
return scenario {
  title = "fail shape",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello":shutdown "wr"
    s:receives "hello":reads_eof():close()
    c:reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hallo" --<-
      client > server  F.
      server > client  F.
    ]]
  end,
}
