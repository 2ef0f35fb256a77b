-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a fault acts as often as it is told, and each counts every call",
  world = "loop",
  run = function(t)
    local cat = t.client:run { "cat", traced = true }
    cat:sleeps()
    local first = cat:fail { call = "write", nth = 3, errno = "EIO" }
    local short = cat:shorten { call = "write", bytes = 1, times = 2 }
    cat:stdin "abcdef"
    cat:stdout():has "ab"
    cat:exits(1)
    -- a, then b, then the third call fails: both counted it
    t:expect(cat:calls "write(1, _, _) = 1"):is(2)
    t:expect(short:acted()):is(2)
    t:expect(first:acted()):is(1)
  end,
}
