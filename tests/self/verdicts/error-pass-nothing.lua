-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: pass: "c" is no open socket
return scenario {
  title = "error pass nothing",
  world = "loop",
  run = function(t)
    t.server:socket("l", "unix"):bind "@l":listen(1)
    t.client:socket("c", "unix"):connect "@l":connected():send("x", { pass = { "c" } }) --<-
  end,
}
