-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: cat made no call write = 5 in its life
-- explanation has: write(1, "abcdef", 6) = 6
return scenario {
  title = "fail call",
  world = "loop",
  run = function(t)
    t:write_file("input", "abcdef")
    local cat = t.client:run { "cat", "input", traced = true }
    cat:exits(0)
    cat:call "write = 5" --<-
  end,
}
