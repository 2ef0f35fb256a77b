-- SPDX-License-Identifier: MIT
return scenario {
  title = "A window that stays shut is probed more and more rarely, and for ever, as long as the probes are answered",
  why = [[
    The server does not read, and the client has bytes in hand. Its probes come after one retransmission timeout, then after twice
    that, and so on up to TCP_RTO_MAX. As long as somebody answers, be it with a window of 0, nothing is counted and the connection lives; when the
    server reads after a quarter of an hour, the rest flows at once, for it is the server who says that there is room. When nobody answers any more,
    tcp_retries2 probes are all there is, and the program is told ETIMEDOUT. When it is a peer that has forgotten everything that answers, its RST is
    the end.
  ]],
  refs = { "RFC 9293, 3.8.6.1", "RFC 1122, 4.2.2.17", "tcp(7): tcp_retries2", "net/ipv4/tcp_timer.c: tcp_probe_timer()",
    "net/ipv4/tcp_output.c: tcp_send_probe0()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 1500,
  matrix = { family = { "ipv4", "ipv6" }, peer = { "reads late", "vanishes", "forgets" } },
  run = function(t)
    local rto_max, retries = t.client:timer "TCP_RTO_MAX", t.client:sysctl "net.ipv4.tcp_retries2"
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("SO_SNDBUF", 100000):connect(l):connected()
    local s = l:accept "s"
    local bytes = t:bytes(30000)
    c:send(bytes)
    c.flow:first "server > client . win 0"
    t.wire:idle()
    local taken = s:queue():value().unread
    -- a probe has no byte of its own and the number before the next that is due
    local probe = ("client > server . seq %d"):format(taken)
    local answer = ("server > client . ack %d win 0"):format(taken + 1)
    local rto, before = c:info():value().rto_us / 1e6, c.flow:first(answer)
    local function probes(from, to)
      for n = from, to do
        local interval = math.min(rto * 2 ^ (n - 1), rto_max)
        local one = c.flow:first(probe, n)
        t:expect(one:time() - before:time()):lasts(interval)
        before = one
      end
    end

    if t.p.peer == "reads late" then
      probes(1, 14)
      c:state "ESTABLISHED"
      t:expect(c:queue():value().unacknowledged):at_least(20000)
      s:receives(bytes)
      t:expect(c:queue()):is { unacknowledged = 0 }
      t:expect(c.flow:bytes "client > server"):is(30000)
      c.flow:count(probe, { min = 14, max = 14, repeats = true })
      c.flow:never "R"
    elseif t.p.peer == "vanishes" then
      probes(1, 3)
      t.wire:cut()
      probes(4, retries + 3)
      t:expect(c:poll()):is { error = true }
      local over = t:moment "over"
      t:expect(over:time() - before:time()):lasts(rto_max)
      local nothing, errno = c:receive(1)
      t:expect(errno):is "ETIMEDOUT"
      c:state "CLOSED"
      s:state "ESTABLISHED"
      c.flow:count(probe, { min = retries + 3, max = retries + 3, repeats = true })
      c.flow:never "R"
    else
      probes(1, 3)
      local lost = t.wire:drop { "server > client R", times = 1 }
      s:linger(0):close()
      t:expect(lost:acted()):is(1)
      lost:off()
      c:state "ESTABLISHED"
      probes(4, 4)
      c:reset():state "CLOSED"
      c.flow:count(probe, { min = 4, max = 4, repeats = true })
    end
  end,
}
