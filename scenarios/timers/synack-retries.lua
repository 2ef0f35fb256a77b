-- SPDX-License-Identifier: MIT
return scenario {
  title = "A handshake that is never finished: the SYN-ACK is repeated for a minute, then nobody remembers the SYN",
  why = [[
    The client's ACKs get lost. It believes itself connected, the server does not. Each half-open connection has a timer: the SYN-ACK is sent again after 1, 3, 7, 15 and
    31 s, for tcp_synack_retries is 5, and after 63 s its place in the queue is given up. TCP_SYNCNT of the listener goes before the sysctl. The
    program is never told of it. An ACK that comes then finds nothing and is answered with RST; one that comes just in time is
    enough, and accept has a connection.
  ]],
  refs = { "tcp(7): tcp_synack_retries, TCP_SYNCNT", "RFC 9293, 3.10.7.4", "net/ipv4/inet_connection_sock.c: reqsk_timer_handler()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 100,
  matrix = { family = { "ipv4", "ipv6" }, retries = { "as they are", "sysctl 2", "TCP_SYNCNT 2" }, ack = { "too late", "in time" } },
  where = function(p) return p.ack == "too late" or p.retries == "as they are" end,
  run = function(t)
    if t.p.retries == "sysctl 2" then t.server:sysctl("net.ipv4.tcp_synack_retries", 2) end
    local retries = t.p.retries == "TCP_SYNCNT 2" and 2 or t.server:sysctl "net.ipv4.tcp_synack_retries"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    if t.p.retries == "TCP_SYNCNT 2" then l:option("TCP_SYNCNT", 2) end
    local acks = t.wire:hold "client > server ."
    local c = t.client:socket("c"):connect(l):connected()
    local before, interval = c.flow:first "server > client S.", t.server:timer "TCP_TIMEOUT_INIT"
    for n = 1, retries do
      local again = c.flow:first("server > client S.", n + 1)
      t:expect(again:time() - before:time()):lasts(interval)
      before, interval = again, interval * 2
    end
    t:expect(t.server:count "SYN_RECV"):is(1)
    if t.p.ack == "too late" then
      t:expect(t.server:count "SYN_RECV"):is(0)
      local over = t:moment "over"
      t:expect(over:time() - before:time()):lasts(interval)
    else
      t:quiet((interval - 1) * 1000)
    end
    t:expect(l:queue()):is { waiting = 0 }
    c:state "ESTABLISHED"
    acks:off():release()
    c.flow:count("server > client S.", { min = retries + 1, max = retries + 1, repeats = true })
    if t.p.ack == "too late" then
      c:reset():state "CLOSED"
      t:expect(l:queue()):is { waiting = 0 }
    else
      t:expect(l:queue()):is { waiting = 1 }
      l:accept("s"):send "welcome"
      c:receives "welcome"
      c.flow:never "R"
    end
  end,
}
