-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: srv: it listens on 127.0.0.1:6000 only: another host cannot reach it
return scenario {
  title = "fail udp listens",
  run = function(t)
    t.server:run { "socat", "UDP4-RECV:6000,bind=127.0.0.1", "-", name = "srv" }:listens(6000, "udp") --<-
  end,
}
