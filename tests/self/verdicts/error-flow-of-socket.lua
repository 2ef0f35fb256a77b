-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: flow takes a port, and which of its flows it is: t:flow(6000, 2), not t:flow(…); that of a socket is c.flow
return scenario {
  title = "error flow of socket",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    t:flow(c):shape "client > server S" --<-
  end,
}
