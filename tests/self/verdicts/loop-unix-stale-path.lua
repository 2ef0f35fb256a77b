-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix stale path",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "stale.sock":listen(1)
    l:close()
    t.client:socket("c", "unix"):connect "stale.sock":fails "ECONNREFUSED"
    t.server:socket("again", "unix"):bind "stale.sock":fails "EADDRINUSE"
    t.client:socket("nobody", "unix"):connect "never-there.sock":fails "ENOENT"
  end,
}
