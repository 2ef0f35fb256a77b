-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: printer exited with 1; expected exit status 0; its last words on stdout: "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"… (1000000 bytes)
-- What a program says may be long and without a newline: to find its last line must not take time by the square of that.
return scenario {
  title = "fail long line",
  run = function(t)
    t.client:run { "/bin/sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' m; exit 1", name = "printer" }:exits(0) --<-
  end,
}
