-- SPDX-License-Identifier: MIT
-- Judged of a guest only: other machines may have it.
return scenario {
  title = "a guest has no device of its memory",
  needs = { "program:test" },
  run = function(t)
    t.server:run { "test", "-e", "/dev/mem", name = "p" }:exits(1)
  end,
}
