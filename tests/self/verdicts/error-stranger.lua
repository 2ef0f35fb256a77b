-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: c.flow is between client and server: third has no packet in it
return scenario {
  title = "error stranger",
  needs = { "wire" },
  hosts = { "client", "server", "third" },
  run = function(t)
    local c = t.client:socket("c"):connect(t.server:address(6000)):fails "ECONNREFUSED"
    c.flow:never "third > server S" --<-
  end,
}
