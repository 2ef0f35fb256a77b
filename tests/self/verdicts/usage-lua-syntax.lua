-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: Lua: '}' expected (to close '{' at line 4) near 'run'
return scenario {
  title = "a comma is missing"
  run = function(t) end, --<-
}
