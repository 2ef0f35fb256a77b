-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: run: unknown key "terminl"; did you mean "terminal"?
return scenario {
  title = "error unknown key",
  run = function(t)
    t.client:run { "/bin/true", terminl = true } --<-
  end,
}
