-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: cat made the call write = 6 (event …), which must never be made
return scenario {
  title = "fail never calls",
  world = "loop",
  run = function(t)
    t:write_file("input", "abcdef")
    local cat = t.client:run { "cat", "input", traced = true }
    cat:never_calls "write = 6" --<-
    cat:exits(0)
  end,
}
