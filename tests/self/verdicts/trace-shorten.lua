-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace shorten",
  world = "loop",
  run = function(t)
    t:write_file("input", "abcdef")
    local cat = t.client:run { "cat", "input", traced = true, faults = { { "shorten", call = "write", bytes = 2 } } }
    cat:stdout():exactly "abcdef"
    cat:exits(0)
    t:expect(cat:calls "write = 2"):is(3)
  end,
}
