-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs kill",
  run = function(t)
    t.client:run { "/bin/sh", "-c", "kill -SEGV $$", name = "a" }:killed_by "SIGSEGV"
    t.client:run { "/bin/cat", name = "b" }:signal "TERM":killed_by "TERM"
    local stubborn = t.client:run { "/bin/sh", "-c", "trap '' TERM; echo ready; while :; do read x || exec sleep 1000; done", name = "c" }
    stubborn:stdout():line "ready"
    stubborn:signal "TERM":runs()
    stubborn:kill():killed_by "KILL"
  end,
}
