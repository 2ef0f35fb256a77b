-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: no transport "sctp"; there are "tcp" and "udp"
return scenario {
  title = "error transport",
  run = function(t)
    t.server:run { "sleep", "1000" }:listens(6000, "sctp") --<-
  end,
}
