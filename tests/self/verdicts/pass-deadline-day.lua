-- SPDX-License-Identifier: MIT
-- verdict: pass
-- the longest that there is
return scenario {
  title = "pass deadline day",
  deadline = 86400,
  run = function(t)
    t.client:socket("c"):connect(t.server:address(6000)):fails "ECONNREFUSED"
  end,
}
