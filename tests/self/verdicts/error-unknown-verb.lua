-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: a socket has no verb "lisen"; did you mean "listen"?
return scenario {
  title = "error unknown verb",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    l:lisen(4) --<-
  end,
}
