-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: the end of its standard input was given to p already
return scenario {
  title = "error stdin ended",
  world = "loop",
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "exit 3", name = "p" }
    p:exits(3):close_stdin()
    p:stdin "a" --<-
  end,
}
