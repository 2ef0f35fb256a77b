-- SPDX-License-Identifier: MIT
-- verdict: fail
-- needs: root
-- reason: a child of parent crashed: it was killed by SIGABRT
return scenario {
  title = "fail child crash",
  world = "loop",
  run = function(t)
    -- its child's child, and its parent says nothing of it
    local p = t.client:run { "/bin/sh", "-c", "(sh -c 'kill -ABRT $$'; kill -TERM $$; :) & wait; exit 0", name = "parent" } --<-
    p:killed_by "TERM"
  end,
}
