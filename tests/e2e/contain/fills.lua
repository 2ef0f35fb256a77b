-- SPDX-License-Identifier: MIT
return scenario {
  title = "a program that fills the scratch folder",
  needs = { "program:programs/fills", "program:true" },
  run = function(t)
    t.server:run { "programs/fills", name = "p" }:stdout():line "full"
    -- what is the harness's own has its place all the same
    t.client:hosts { ["shop.test"] = "192.0.2.2" }
    t.client:run { "true", name = "another" }:exits(0)
    t:write_file("question", "x")
  end,
}
