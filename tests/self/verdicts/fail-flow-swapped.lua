-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: flow 1 to port 5001: no packet was seen; there are some to port 35091 (5001 with its two bytes swapped: htons(3) is missing)
return scenario {
  title = "fail flow to a port with its bytes swapped",
  run = function(t)
    t.client:socket("c"):connect(t.server:address(35091)):fails "ECONNREFUSED"
    t:flow(5001):shape [[ --<-
      client > server  S
    ]]
  end,
}
