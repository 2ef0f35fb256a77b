-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs valgrind",
  needs = { "program:valgrind" },
  deadline = 60,
  run = function(t)
    t.client:run { "programs/tidy", under = "valgrind", name = "tidy" }:exits(0)
    local leaks = t.client:run { "programs/leaks", under = "valgrind", name = "leaks" }:exits(97)
    leaks:stderr():has "definitely lost"
    local reads = t.client:run { "programs/reads-beyond", under = "valgrind", name = "reads-beyond" }:exits(97)
    reads:stderr():has "Invalid read"
    -- without it nobody notices
    t.client:run { "programs/leaks", name = "unnoticed" }:exits(0)
  end,
}
