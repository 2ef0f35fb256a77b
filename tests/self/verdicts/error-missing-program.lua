-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: start program: execve /no/such/program: No such file or directory; check the path, that it is executable and built for this machine
return scenario {
  title = "error missing program",
  run = function(t)
    t.client:run { "/no/such/program" } --<-
  end,
}
