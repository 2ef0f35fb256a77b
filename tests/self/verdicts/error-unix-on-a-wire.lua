-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: AF_UNIX sockets live in one host: write world = "loop" in the scenario
return scenario {
  title = "error unix on a wire",
  run = function(t)
    t.client:socket("u", "unix") --<-
  end,
}
