-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: sh never sleeps: it has used … s of CPU time with nothing to do
return scenario {
  title = "fail never sleeps",
  deadline = 0.5,
  run = function(t)
    t.client:run { "/bin/sh", "-c", "while :; do :; done", name = "sh" }:sleeps() --<-
  end,
}
