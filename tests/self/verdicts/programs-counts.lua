-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs counts",
  run = function(t)
    local sh = t.server:run { "/bin/sh", "-c", "sleep 1000 & sleep 1000 & exec 9</dev/null; echo ready; (until grep -q sleep /proc/$$/comm; do :; done) & exec sleep 1000", name = "sh" }
    sh:stdout():line "ready"
    t:expect(sh:children()):is { alive = 2, zombies = 1 }
    t:expect(sh:descriptors()):is(4)
    sh:sleeps()
    t:expect(sh:cpu_time()):at_most(1e9)
    local srv = t.server:run { "socat", "TCP6-LISTEN:6000,ipv6only=0,fork", "EXEC:/bin/cat", name = "srv" }:listens(6000)
    t:expect(t.server:run("ncat -4 -l 6001"):listens(6001):open_sockets()):is(1)
    t:expect(srv:queue()):is { waiting = 0, limit = 5 }
    local c = t.client:socket("c"):connect(srv):connected():send "x":receives "x"
    t:expect(srv:children()):is { alive = 2, zombies = 0 }
    srv:sees(c, "ESTABLISHED")
    local busy = t.client:run { "/bin/sh", "-c", "while :; do :; done", name = "busy" }
    t:expect(busy:cpu_time()):at_least(1e8)
    busy:kill()
  end,
}
