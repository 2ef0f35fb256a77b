-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 2: server > client R. with ack 1 where ack 2 was expected (line 2 of the pattern)
return scenario {
  title = "fail exactly",
  run = function(t)
    local c = t.client:socket("c"):connect(t.server:address(6000)):fails "ECONNREFUSED"
    c.flow:exactly [[
      client > server  S
      server > client  R.  ack 2 --<-
    ]]
  end,
}
