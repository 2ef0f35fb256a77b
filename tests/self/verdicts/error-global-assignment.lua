-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: "count" is not declared; write local count = …
return scenario {
  title = "error global assignment",
  run = function(t)
    count = 1 --<-
  end,
}
