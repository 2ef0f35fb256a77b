-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: no TCP state "LISTENING"; there are: CLOSE, CLOSED, CLOSE_WAIT, …
return scenario {
  title = "error state name",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    l:state "LISTENING" --<-
  end,
}
