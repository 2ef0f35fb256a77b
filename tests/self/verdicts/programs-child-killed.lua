-- SPDX-License-Identifier: MIT
-- verdict: pass
-- needs: root
-- A crash of a child that the script expects is no failure; nor is another signal that nobody asked about.
return scenario {
  title = "programs: children that are killed",
  world = "loop",
  needs = { "accounting" },
  matrix = { traced = { false, true } },
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "sh -c 'kill -SEGV $$'; sh -c 'kill -KILL $$'; exit 0", name = "parent", traced = t.p.traced }
    p:exits(0)
    p:child_killed_by "SEGV"
    local q = t.client:run { "/bin/sh", "-c", "read line; sh -c 'kill -BUS $$'; read line", name = "waits", traced = t.p.traced }
    q:stdin "go"
    q:child_killed_by "SIGBUS"
    q:runs()
  end,
}
