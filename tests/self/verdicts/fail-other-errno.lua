-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c: connect(192.0.2.2:6000) = -1 ECONNREFUSED; expected ETIMEDOUT
return scenario {
  title = "fail other errno",
  run = function(t)
    t.client:socket("c"):connect(t.server:address(6000)):fails "ETIMEDOUT" --<-
  end,
}
