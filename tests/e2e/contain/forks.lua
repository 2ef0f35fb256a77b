-- SPDX-License-Identifier: MIT
return scenario {
  title = "a program that forks without end",
  needs = { "program:programs/forks", "program:true" },
  run = function(t)
    local p = t.server:run { "programs/forks", "3000", name = "p" }
    p:stdout():exactly { "not all" }
    t.client:run { "true", name = "another" }:exits(0)
  end,
}
