-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: idle did not listen on here.sock within 1 s
return scenario {
  title = "fail no path",
  world = "loop",
  deadline = 1,
  run = function(t)
    t.server:socket("l", "unix"):bind "here.sock":listen(1)
    t.server:run { "sleep", "1000", name = "idle" }:listens "here.sock" --<-
  end,
}
