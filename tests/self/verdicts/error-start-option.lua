-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: start: no option "tracd"; did you mean "traced"?
return scenario {
  title = "error start option",
  contract = "tcp-echo",
  run = function(t)
    t:start { tracd = true } --<-
  end,
}
