-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: sh exited with 3; expected exit status 0; its last words on stderr: "oops"
return scenario {
  title = "fail exits",
  run = function(t)
    t.client:run { "/bin/sh", "-c", "echo oops >&2; exit 3", name = "sh" }:exits(0) --<-
  end,
}
