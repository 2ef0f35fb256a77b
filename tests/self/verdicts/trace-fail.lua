-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "trace fail",
  world = "loop",
  run = function(t)
    local socat = t.client:run { "socat", "TCP4-LISTEN:7000", "-", traced = true, faults = { { "fail", call = "bind", errno = "EADDRINUSE" } } }
    socat:exits(1)
    socat:stderr():has "Address already in use"
    socat:call "bind = -1 EADDRINUSE"
  end,
}
