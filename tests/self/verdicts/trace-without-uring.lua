-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace: a program that is refused io_uring is watched all the same",
  world = "loop",
  matrix = { way = { "io_uring", "io_submit" } },
  run = function(t)
    local call = t.p.way == "io_uring" and "io_uring_setup" or "io_setup"
    local p = t.server:run { "programs/unwatched", t.p.way, name = "p", traced = true, faults = { { "fail", call = call, errno = "ENOSYS" } } }
    p:exits(0)
    p:stdout():line "refused"
    p:call(call .. " = -1 ENOSYS")
    p:never_calls "send"
  end,
}
