-- SPDX-License-Identifier: MIT
return scenario {
  title = "An idle peer that is there is asked every two hours, once, and the connection outlives the night",
  why = [[
    One answer is enough: the count of unanswered probes begins anew, and the next probe is due tcp_keepalive_time behind the answer, not
    tcp_keepalive_intvl. A lost probe is no reason to give up either: the one behind it, an interval later, is answered. Neither program
    notices anything, and what is sent hours later arrives at once.
  ]],
  refs = { "tcp(7): tcp_keepalive_time, tcp_keepalive_intvl", "RFC 1122, 4.2.3.6", "net/ipv4/tcp_timer.c: tcp_keepalive_timer()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 9000,
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local idle, interval = t.client:sysctl "net.ipv4.tcp_keepalive_time", t.client:sysctl "net.ipv4.tcp_keepalive_intvl"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):option("SO_KEEPALIVE", 1):connect(l):connected()
    local s = l:accept "s"
    c:send "good night"
    s:receives "good night"
    local before = c.flow:first "server > client . ack 11"
    -- of the second night's probes the first is lost
    local lost = t.wire:drop { "client > server . seq 10", nth = 2 }
    for n = 1, 4 do
      local probe = c.flow:first("client > server . seq 10", n)
      t:expect(probe:time() - before:time()):lasts(n == 3 and interval or idle)
      before = probe
    end
    t:expect(lost:acted()):is(1)
    c:reads_nothing():state "ESTABLISHED"
    s:reads_nothing():state "ESTABLISHED"
    c.flow:count("server > client . ack 11", 4)
    s:send "good morning"
    c:receives "good morning"
    c.flow:never "R"
  end,
}
