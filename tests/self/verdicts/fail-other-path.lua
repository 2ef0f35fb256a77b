-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: srv: it listens on elsewhere.sock, not on here.sock
return scenario {
  title = "fail other path",
  world = "loop",
  run = function(t)
    -- somebody else has that path: that is not the program under test
    t.server:run { "socat", "-u", "UNIX-LISTEN:here.sock", "STDOUT", name = "other" }:listens "here.sock"
    t.server:run { "socat", "-u", "UNIX-LISTEN:elsewhere.sock", "STDOUT", name = "srv" }:listens "here.sock" --<-
  end,
}
