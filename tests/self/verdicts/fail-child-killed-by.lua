-- SPDX-License-Identifier: MIT
-- verdict: fail
-- needs: root
-- reason: SIGABRT killed no process that parent made
return scenario {
  title = "fail child killed by",
  world = "loop",
  run = function(t)
    -- the first process is nobody's child here
    local p = t.client:run { "/bin/sh", "-c", "sh -c 'exit 6'; kill -ABRT $$", name = "parent" }
    p:killed_by "ABRT"
    p:child_killed_by "ABRT" --<-
  end,
}
