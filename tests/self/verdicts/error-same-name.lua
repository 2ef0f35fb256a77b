-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: there is a socket "c" already
return scenario {
  title = "error same name",
  run = function(t)
    t.client:socket "c"
    t.client:socket "c" --<-
  end,
}
