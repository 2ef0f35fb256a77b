-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: …not enough memory…
return scenario {
  title = "error lua memory",
  run = function(t)
    local all = {}
    while true do all[#all + 1] = ("x"):rep(1 << 20) .. #all end
  end,
}
