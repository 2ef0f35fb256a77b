-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs freeze",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t.server:run { "socat", "TCP6-LISTEN:6000,ipv6only=0,fork", "EXEC:/bin/cat", name = "srv" }:listens(6000)
    local c = t.client:socket("c"):connect(srv):connected():send "x":receives "x"
    srv:freeze()
    c:send "frozen":reads_nothing()
    t.client:socket("waiting"):connect(srv):connected()
    t:expect(srv:queue()):is { waiting = 1 }
    srv:thaw()
    c:receives "frozen"
    t:expect(srv:queue()):is { waiting = 0 }
  end,
}
