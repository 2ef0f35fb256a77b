-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix path",
  world = "loop",
  run = function(t)
    -- a script's own path is in the folder in which programs start, and stands there as it was written
    local l = t.server:socket("l", "unix"):bind "here.sock":listen(2):getsockname():returns "here.sock"
    t.client:run { "/bin/ls", name = "ls" }:exits(0):stdout():exactly { "here.sock" }
    t.client:socket("a", "unix"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 1, limit = 2 }
    l:state "LISTEN"
    t.client:socket("b", "unix-dgram"):bind(("x"):rep(108)):close()
    t.client:socket("c", "unix-dgram"):bind(("x"):rep(109)):fails "EINVAL"
  end,
}
