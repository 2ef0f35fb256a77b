-- SPDX-License-Identifier: MIT
return scenario {
  title = "An ACK waits forty milliseconds for an answer to travel with, and a sender that waits for it waits as long",
  why = [[
    A connection on which both sides speak in turn is interactive: the kernel holds an ACK back for TCP_DELACK_MIN, for the program will answer
    presently and the answer carries it. When no answer comes the ACK goes alone. With TCP_QUICKACK it is sent at once. A sender that waits for an
    acknowledgement, as Nagle's algorithm does with a second small segment in hand, waits as long: where a peer has nothing to answer, forty
    milliseconds are lost, unless TCP_NODELAY is set.
  ]],
  refs = { "RFC 1122, 4.2.3.2 and 4.2.3.4", "tcp(7): TCP_QUICKACK, TCP_NODELAY", "net/ipv4/tcp_output.c: tcp_send_delayed_ack()",
    "include/net/tcp.h: TCP_DELACK_MIN, TCP_DELACK_MAX" },
  tags = { "timers" },
  matrix = { family = { "ipv4", "ipv6" }, server = { "answers", "is silent", "is silent, TCP_QUICKACK" }, nodelay = { 0, 1 } },
  where = function(p) return p.server ~= "answers" or p.nodelay == 0 end,
  run = function(t)
    local delay = t.server:timer "TCP_DELACK_MIN"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):option("TCP_NODELAY", t.p.nodelay):connect(l):connected()
    local s = l:accept "s"
    -- until the server's kernel takes it for a conversation: so many turns as any kernel wants (TCP_PINGPONG_THRESH)
    for _ = 1, 4 do
      c:send "ping"
      s:receives "ping":send "pong"
      c:receives "pong"
    end
    c.flow:first "client > server . ack 17"
    if t.p.server == "is silent, TCP_QUICKACK" then s:option("TCP_QUICKACK", 1) end
    c:send "one"
    local one = c.flow:first 'client > server "one"'
    if t.p.server == "answers" then
      s:receives "one":send "yes"
      c:receives "yes"
      local answer = c.flow:first 'server > client "yes" ack 20'
      t:expect(answer:time() - one:time()):lasts(0)
      c.flow:count("server > client . ack 20", 0)
      return
    end
    c:send "two"
    local quick = t.p.server == "is silent, TCP_QUICKACK"
    local ack = c.flow:first(t.p.nodelay == 1 and not quick and "server > client . ack 23" or "server > client . ack 20")
    local two = c.flow:first 'client > server "two"'
    t:expect(ack:time() - one:time()):lasts(quick and 0 or delay)
    if t.p.nodelay == 1 then
      t:expect(two:time() - one:time()):lasts(0)
    else
      t:order { one, ack, two }
      t:expect(two:time() - ack:time()):lasts(0)
    end
    s:receives "onetwo"
  end,
}
