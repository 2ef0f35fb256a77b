-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: under = "valgrind" without needs = { "program:valgrind" } in the scenario: a machine that has none could not skip it, nor a guest bring it
return scenario {
  title = "error under needs",
  run = function(t)
    t.client:run { "programs/tidy", under = "valgrind" } --<-
  end,
}
