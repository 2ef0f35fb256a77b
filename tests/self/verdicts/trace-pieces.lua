-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "calls of many pieces are shortened too, and the program's lengths are its own afterwards",
  world = "loop",
  matrix = { how = { "msg", "vec" } },
  run = function(t)
    local p = t.client:run { "programs/pieces", t.p.how, name = "p", traced = true,
      faults = { { "shorten", call = "send", nth = 1, bytes = 1 }, { "shorten", call = "recv", bytes = 2 } } }
    p:exits(0)
    p:stdout():line [[sent 1 got 2 "ab"]]
  end,
}
