-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix backlog",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "full.sock":listen(1)
    t.client:socket("a", "unix"):connect "full.sock":connected()
    t.client:socket("b", "unix"):connect "full.sock":connected()
    t.client:socket("c", "unix"):connect "full.sock":fails "EAGAIN"
    l:accept "one"
    t.client:socket("d", "unix"):connect "full.sock":connected()
  end,
}
