-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: the script does nothing and expects nothing: that it passes would say nothing
return scenario {
  title = "error nothing",
  run = function(t)
  end,
}
