-- SPDX-License-Identifier: MIT
-- virtual.lua - a case that does nothing, for ci/bench: what each case costs under the virtual clock beyond its own work
-- Many cases of one kind, and not one case repeated: so each writes its evidence.
local function upto(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

return scenario {
  title = "Nothing",
  matrix = { nth = upto(9) },
  run = function(t)
    t:expect(1):is(1)
  end,
}
