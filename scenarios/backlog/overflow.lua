-- SPDX-License-Identifier: MIT
return scenario {
  title = "A full accept queue drops the SYN; the client tries again and gets in after one accept",
  why = [[
    listen(fd, n) lets n + 1 finished handshakes wait on Linux, and net.core.somaxconn clamps n. The next SYN is not
    refused: it is dropped in silence, the client stays in SYN_SENT and repeats it at the kernel's own
    intervals. One accept makes one place, and the repetition is answered. The server is stopped meanwhile, so
    that nothing but the kernel acts; the limit is what the kernel says of the listener, and must be what was asked for.
  ]],
  refs = { "listen(2)", "tcp(7): tcp_abort_on_overflow, tcp_syn_linear_timeouts", "RFC 6298, 5", "net/ipv4/tcp_input.c: tcp_conn_request()" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" }, backlog = { 0, 1, 4 }, abort_on_overflow = { 0, 1 }, limit_by = { "listen", "somaxconn" } },
  where = function(p) return p.limit_by == "listen" or p.abort_on_overflow == 0 end,
  run = function(t)
    local n = t.p.backlog
    t.server:sysctl("net.ipv4.tcp_abort_on_overflow", t.p.abort_on_overflow)
    local srv
    if t.p.limit_by == "listen" then
      srv = t:start { backlog = n }
    else
      t.server:sysctl("net.core.somaxconn", n)
      srv = t:start()
    end
    t:expect(srv:queue()):is { waiting = 0, limit = n }
    srv:freeze()

    local waiting = {}
    for i = 1, n + 1 do
      waiting[i] = t.client:socket("c" .. i):connect(srv):connected()
    end
    t:expect(srv:queue()):is { waiting = n + 1, limit = n }

    local late = t.client:socket("late"):connect(srv):connecting()
    late:state "SYN_SENT"
    t:expect(srv:queue()):is { waiting = n + 1, limit = n }

    srv:thaw()
    late:connected()
    -- tcp_abort_on_overflow speaks of the handshake's last ACK; a SYN is dropped whatever it says
    t:given(function()
      local first, second = late.flow:first("client > server S", 1), late.flow:first("client > server S", 2)
      t:expect(second:time() - first:time()):at_least(t:syn_retry(1) * 1e9 * 0.9)
    end)
    for i = 1, n + 1 do waiting[i]:send "waited":receives "waited" end
    late:send "late":receives "late"
    late.flow:shape [[
      client > server  S  x 2
      server > client  S.
      client > server  data "late"
      server > client  data "late"
    ]]
    late.flow:never "R"
  end,
}
