-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: "accept = EMFILE" is no call: "= EMFILE" is no result; write "accept = -1 EMFILE", "recv = 0", "shutdown(_, SHUT_WR)"
return scenario {
  title = "error call syntax",
  world = "loop",
  run = function(t)
    t.client:run { "true", traced = true }:call "accept = EMFILE" --<-
  end,
}
