-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: …
-- (whether a packet or a program is seen moving at the deadline is luck, that it fails is not)
return scenario {
  title = "fail volley",
  needs = { "wire" },
  deadline = 1,
  run = function(t)
    t.server:run { "programs/volley", "7000" }:sleeps()
    t.client:run { "programs/volley", "7000", t.server:address(7000).address }
    t:flow(7000):never "icmp" --<-
  end,
}
