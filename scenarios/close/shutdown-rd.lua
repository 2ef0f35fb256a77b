-- SPDX-License-Identifier: MIT
return scenario {
  title = "shutdown(SHUT_RD) says nothing to the peer, and on Linux not much to the kernel",
  why = [[
    No packet goes out: TCP has no way to say "I read no more". recv gives 0 where it would have waited. But what arrives is acknowledged and
    kept as ever, and on Linux recv gives it; the peer sends until the buffer is full. Other systems throw it away. To make the peer stop
    one has to close, and then it is RST that tells it.
  ]],
  refs = { "shutdown(2)", "POSIX.1-2017, shutdown()", "net/ipv4/tcp.c: tcp_shutdown(), tcp_recvmsg_locked()" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    s:send "before"
    t:expect(c:queue()):is { unread = 6 }
    c:shutdown "rd"
    t:quiet(5)
    c:receives "before":reads_eof():reads_eof()
    c:state "ESTABLISHED"
    s:state "ESTABLISHED":send "after"
    t:expect(c:queue()):is { unread = 5 }
    c:receives "after":reads_eof()
    -- the other direction is as it was
    c:send "question"
    s:receives "question":send "answer nobody wants"
    t:expect(s:queue()):is { unacknowledged = 0 }
    c:close()
    s:reset()
    c.flow:shape [[
      client > server  S
      server > client  S.
      server > client  data "before"
      server > client  data "after"
      client > server  data "question"
      server > client  data "answer nobody wants"
      client > server  R.
    ]]
  end,
}
