-- SPDX-License-Identifier: MIT
return scenario {
  title = "a program reaches nothing but what is its own",
  matrix = { traced = { false, true } },
  needs = { "program:programs/reaches" },
  run = function(t)
    local p = t.server:run { "programs/reaches", name = "p", traced = t.p.traced }
    p:exits(0)
    p:stdout():exactly { "tried" }
  end,
}
