-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: cat is still running after 0.2 s; expected exit status 0
return scenario {
  title = "fail still runs",
  deadline = 0.2,
  run = function(t)
    t.client:run "/bin/cat":exits(0) --<-
  end,
}
