-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: no contract "no-such-contract"; it would be servers/no-such-contract/contract.lua in a folder above the scenario, or in …
return scenario { --<-
  title = "nobody promises this",
  contract = "no-such-contract",
  run = function(t) end,
}
