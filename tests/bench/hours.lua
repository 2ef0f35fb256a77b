-- SPDX-License-Identifier: MIT
-- hours.lua - two hours in which nothing happens, for ci/bench: a connection stands, and a deferred expectation says that nobody speaks
return scenario {
  title = "Two idle hours",
  deadline = 10000,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t:quiet(7200 * 1000)
    s:send "good morning":close()
    c:receives "good morning":reads_eof()
  end,
}
