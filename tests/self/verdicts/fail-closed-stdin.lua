-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: p has closed its standard input; it cannot be given more; its last words on stdout: "ready"
return scenario {
  title = "fail closed stdin",
  world = "loop",
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "exec 0<&-; echo ready; exec sleep 100", name = "p" }
    p:stdout():line "ready"
    -- what is given may be on its way when nobody reads any more; that nobody does is known from then on
    p:stdin "a"
    p:stdin "b" --<-
  end,
}
