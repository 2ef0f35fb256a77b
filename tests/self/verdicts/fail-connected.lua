-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c: connect(192.0.2.2:6000) = -1 ECONNREFUSED; expected the connection to be established
return scenario {
  title = "fail connected",
  run = function(t)
    t.client:socket("c"):connect(t.server:address(6000)):connected() --<-
  end,
}
