-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: the value is { a = 1, b = { 2 } }; expected is { b = { 3 } }
return scenario {
  title = "fail table",
  run = function(t)
    t:expect({ a = 1, b = { 2 } }):is { b = { 3 } } --<-
  end,
}
