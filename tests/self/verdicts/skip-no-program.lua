-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: no-such-program-anywhere is not installed
return scenario {
  title = "skip no program",
  needs = { "program:no-such-program-anywhere" },
  run = function(t)
    t:expect(1):is(1)
  end,
}
