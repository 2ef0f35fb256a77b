-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: scenario has no "run"; add run = …
return scenario { --<-
  title = "nothing happens",
}
