-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: attempt to index a nil value (local 'nothing')
return scenario {
  title = "error lua runtime",
  run = function(t)
    local nothing
    nothing.field = 1 --<-
  end,
}
