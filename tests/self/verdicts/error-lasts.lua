-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: lasts takes seconds: …
return scenario {
  title = "error lasts",
  run = function(t)
    t:expect(1):lasts "1s" --<-
  end,
}
