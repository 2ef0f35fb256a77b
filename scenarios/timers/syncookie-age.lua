-- SPDX-License-Identifier: MIT
return scenario {
  title = "A syncookie is good for one minute and perhaps two: an ACK that comes later is nobody's",
  why = [[
    With cookies the server keeps nothing of a SYN. What the ACK must bring back is a number that holds, among other things, the minute it was made in
    (TCP_SYNCOOKIE_PERIOD), and it is taken in that minute and the next (MAX_SYNCOOKIE_AGE is two): for sixty seconds in any case, for a hundred and twenty never. The
    client, which was answered, believes itself connected all the while and cannot know. Late, its ACK is answered with RST, and so is everything that
    it says.
  ]],
  refs = { "tcp(7): tcp_syncookies", "RFC 4987, 3.6", "net/ipv4/syncookies.c: check_tcp_syn_cookie()", "include/net/tcp.h: MAX_SYNCOOKIE_AGE, TCP_SYNCOOKIE_PERIOD" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 200,
  matrix = { family = { "ipv4", "ipv6" }, ack = { "in time", "too late" } },
  run = function(t)
    local period, age = t.server:timer "TCP_SYNCOOKIE_PERIOD", t.server:timer "MAX_SYNCOOKIE_AGE"
    t.server:sysctl("net.ipv4.tcp_syncookies", 2)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local held = t.wire:hold "client > server ."
    local c = t.client:socket("c"):connect(l):connected()
    t:expect(held:held()):is(1)
    t:expect(t.server:count "SYN_RECV"):is(0)
    t:quiet((t.p.ack == "in time" and period * (age - 1) - 1 or period * age + 1) * 1000)
    c:state "ESTABLISHED"
    t:expect(l:queue()):is { waiting = 0 }
    held:off():release()
    if t.p.ack == "in time" then
      t:expect(l:queue()):is { waiting = 1 }
      c:send "I am real"
      l:accept("s"):receives "I am real"
      c.flow:exactly [[
        client > server  S
        server > client  S.
        client > server  .
        client > server  P. "I am real"
        server > client  .
      ]]
    else
      c:reset():state "CLOSED"
      t:expect(l:queue()):is { waiting = 0 }
      c.flow:exactly [[
        client > server  S
        server > client  S.
        client > server  .
        server > client  R  seq 1
      ]]
    end
  end,
}
