-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: p exited with 3; it cannot be thawed; its last words on stderr: "no port for me"
return scenario {
  title = "fail ended thaw",
  world = "loop",
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "echo no port for me >&2; exit 3", name = "p" }
    p:exits(3)
    p:thaw() --<-
  end,
}
