-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: unknown name "sleep"; a script waits for facts, such as c:receives "…" or t.wire:idle()
return scenario {
  title = "error sleep",
  run = function(t)
    sleep(1) --<-
  end,
}
