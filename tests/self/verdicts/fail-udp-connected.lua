-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: srv did not listen on port 6000 within 1 s
return scenario {
  title = "fail udp connected",
  deadline = 1,
  run = function(t)
    -- bound and connected: it hears nobody but its peer
    t.server:run { "socat", "UDP4:192.0.2.1:6001,sourceport=6000", "-", name = "srv" }:listens(6000, "udp") --<-
  end,
}
