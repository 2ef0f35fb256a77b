-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: idle did not listen on port 7000 within 1 s
return scenario {
  title = "fail other listens",
  world = "loop",
  deadline = 1,
  run = function(t)
    -- somebody else holds the port: that is not the program under test
    t.client:run { "socat", "TCP-LISTEN:7000,fork", "-" , name = "other" }:listens(7000)
    t.client:run { "sleep", "1000", name = "idle" }:listens(7000) --<-
  end,
}
