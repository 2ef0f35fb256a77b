-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: p makes calls …, which are not watched
return scenario {
  title = "skip: calls that nobody sees",
  world = "loop",
  matrix = { way = { "io_uring", "io_submit", "supervisor", "x32" } },
  run = function(t)
    local p = t.server:run { "programs/unwatched", t.p.way, name = "p", traced = true }
    p:exits(0)
    -- not every kernel has every way
    if p:stdout():text() == "refused\n" then t:skip "p makes calls of no kind here, which are not watched" end
    p:never_calls "send"
  end,
}
