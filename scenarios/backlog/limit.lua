-- SPDX-License-Identifier: MIT
return scenario {
  title = "What becomes of the number that listen is given",
  why = [[
    The limit is the smaller of the number and net.core.somaxconn, as it is when listen is called: lowering the sysctl afterwards changes nothing. A
    negative number is not refused but read as a very large one. And the limit is passed by one: n + 1 may wait, so with 0 one
    client can still connect. SOMAXCONN in a header, 128 or 4096, is not what the kernel goes by.
  ]],
  refs = { "listen(2), NOTES", "net/ipv4/af_inet.c, net/socket.c: __sys_listen()", "include/net/sock.h: sk_acceptq_is_full()" },
  matrix = { family = { "ipv4", "ipv6" }, asked = { 0, 1, 3, 1000, -1 } },
  run = function(t)
    local SOMAXCONN = 3
    t.server:sysctl("net.core.somaxconn", SOMAXCONN)
    local asked = t.p.asked < 0 and math.maxinteger or t.p.asked
    local limit = math.min(asked, SOMAXCONN)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(t.p.asked)
    t:expect(l:queue()):is { waiting = 0, limit = limit }
    t.server:sysctl("net.core.somaxconn", 1)
    t:expect(l:queue()):is { waiting = 0, limit = limit }
    for i = 1, limit + 1 do t.client:socket("c" .. i):connect(l):connected() end
    t:expect(l:queue()):is { waiting = limit + 1, limit = limit }
    local late = t.client:socket("late"):connect(l):connecting()
    late:state "SYN_SENT"
    late.flow:never "server > client"
    t:expect(l:queue()):is { waiting = limit + 1 }
    -- the sysctl counts for who listens now
    local other = t.server:socket("other"):bind(t.server:address(6001)):listen(t.p.asked)
    t:expect(other:queue()):is { limit = math.min(asked, 1) }
  end,
}
