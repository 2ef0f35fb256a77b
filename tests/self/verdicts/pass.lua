-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "nothing is wrong",
  run = function(t)
    t:expect(1):is(1)
  end,
}
