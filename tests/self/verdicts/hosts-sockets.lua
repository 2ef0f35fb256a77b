-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "hosts sockets",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(7)
    local u = t.server:socket("u", "udp"):bind(t.server:address(6001))
    t:expect(t.server:sockets()):is { { state = "LISTEN", local_port = 6000, send_queue = 7 } }
    t:expect(t.server:sockets "udp"):is { { local_port = 6001 } }
    t:expect(t.client:sockets()):is {}
    t:expect(#t.client:sockets():value()):is(0)
    local c = t.client:socket("c"):connect(l):connected()
    t:expect(t.client:count "ESTABLISHED"):is(1)
    t:expect(l:poll()):is { readable = true, writable = false }
    t:expect(c:poll()):is { readable = false, writable = true, urgent = false, ended = false, hangup = false, error = false }
    c:linger(0):close()
    t:expect(t.client:count "ESTABLISHED"):is(0)
  end,
}
