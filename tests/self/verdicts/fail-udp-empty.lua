-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: s: recv: no datagram within 1 s; expected an empty one
return scenario {
  title = "fail udp empty",
  deadline = 1,
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    s:receives "" --<-
  end,
}
