-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: unknown name "famly"; there are: assert, error, ipairs, math, next, pairs, scenario, select, string, table, tonumber, tostring, type, utf8
return scenario {
  title = "error undefined global",
  run = function(t)
    t:expect(famly):is "ipv4" --<-
  end,
}
