-- SPDX-License-Identifier: MIT
return scenario {
  title = "a program has the capabilities that it is left with, and reaches no more by them",
  matrix = { traced = { false, true } },
  needs = { "program:programs/reaches" },
  run = function(t)
    local p = t.server:run { "programs/reaches", name = "p", capabilities = { "net_admin", "net_raw" }, traced = t.p.traced }
    p:exits(0)
    p:stdout():exactly {
      "has a raw socket", "has a packet socket", "may send from any address", "may change its interface", "tried",
    }
  end,
}
