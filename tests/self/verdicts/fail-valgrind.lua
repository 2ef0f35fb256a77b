-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: leaks exited with 97; expected exit status 0; …
return scenario {
  title = "fail valgrind",
  needs = { "program:valgrind" },
  deadline = 60,
  run = function(t)
    t.client:run { "programs/leaks", under = "valgrind", name = "leaks" }:exits(0) --<-
  end,
}
