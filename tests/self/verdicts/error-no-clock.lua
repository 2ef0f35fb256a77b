-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: unknown name "os"; …
return scenario {
  title = "error no clock",
  run = function(t)
    os.exit(0) --<-
  end,
}
