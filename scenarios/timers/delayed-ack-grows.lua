-- SPDX-License-Identifier: MIT
return scenario {
  title = "ACKs that nobody ever had an answer for are delayed longer and longer, up to two hundred milliseconds",
  why = [[
    At first a receiver acknowledges at once, so that the sender's window grows; that is over after sixteen ACKs (TCP_MAX_QUICKACKS). Then each ACK that goes alone doubles
    the time that the next waits for company: 40, 80, 160 ms, and not more than TCP_DELACK_MAX, nor than the round trip takes, which is why that
    must be long to see it. The program does not read meanwhile: reading would acknowledge. A sender that sends the next request when the last is acknowledged gets slower all by itself.
  ]],
  refs = { "RFC 1122, 4.2.3.2", "net/ipv4/tcp_timer.c: tcp_delack_timer_handler()", "net/ipv4/tcp_output.c: tcp_send_delayed_ack()",
    "include/net/tcp.h: TCP_DELACK_MAX" },
  needs = { "wire" },
  tags = { "timers" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local quick = t.server:timer "TCP_MAX_QUICKACKS"
    local delay, most = t.server:timer "TCP_DELACK_MIN", t.server:timer "TCP_DELACK_MAX"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    -- a sender that was silent for longer than the server's retransmission timeout, thrice this, is acknowledged at once again
    t.wire:delay { "server > client", by = "600ms" }
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    for n = 1, quick + 5 do
      c:send "x"
      local data, ack = c.flow:first("client > server data", n), c.flow:first(("server > client . ack %d"):format(n + 1))
      if n <= quick then
        t:expect(ack:time() - data:time()):lasts(0)
      else
        t:expect(ack:time() - data:time()):lasts(math.min(delay, most))
        delay = delay * 2
      end
    end
    s:receives(("x"):rep(quick + 5))
  end,
}
