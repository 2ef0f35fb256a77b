-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: sh was killed by SIGABRT; expected to be killed by SIGSEGV
return scenario {
  title = "fail killed by",
  run = function(t)
    t.client:run { "/bin/sh", "-c", "kill -ABRT $$", name = "sh" }:killed_by "SEGV" --<-
  end,
}
