-- SPDX-License-Identifier: MIT
return scenario {
  title = "How long an orphan waits in FIN_WAIT2: tcp_fin_timeout, up to a minute; beyond it, twice what is beyond",
  why = [[
    The program has closed, the peer never does. The kernel keeps the orphan for tcp_fin_timeout; TCP_LINGER2 says otherwise for one socket, but
    not more than two minutes (TCP_FIN_TIMEOUT_MAX). Up to TCP_TIMEWAIT_LEN, sixty seconds, it is kept as a small row like those of TIME_WAIT, and
    for as long as was asked. Of a longer time the kernel first waits what is beyond the sixty seconds with the whole socket, and then should wait sixty
    seconds with the row; but there it takes what is beyond them once more. So 150 s become 180 s, and 61 s become 2 s. Nothing is sent at
    the end, and what the peer says then is answered with RST. A FIN that comes before is acknowledged, and TIME_WAIT begins.
  ]],
  refs = { "tcp(7): tcp_fin_timeout, TCP_LINGER2", "RFC 9293, 3.3.2", "net/ipv4/tcp.c: __tcp_close(), do_tcp_setsockopt()",
    "net/ipv4/tcp_minisocks.c: tcp_time_wait()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 300,
  matrix = { family = { "ipv4", "ipv6" }, seconds = { "as it is", 61, 150, "TCP_LINGER2 = 20", "TCP_LINGER2 = 1000" }, peer = { "never closes", "closes in time" } },
  where = function(p) return p.peer == "never closes" or p.seconds == "as it is" end,
  run = function(t)
    local minute, length = t.client:timer "TCP_TIMEWAIT_LEN", t.client:sysctl "net.ipv4.tcp_fin_timeout"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    if t.p.seconds == "TCP_LINGER2 = 20" then
      length = 20
      c:option("TCP_LINGER2", length)
    elseif t.p.seconds == "TCP_LINGER2 = 1000" then
      length = t.client:timer "TCP_FIN_TIMEOUT_MAX"
      c:option("TCP_LINGER2", 1000)
      t:expect(c:option "TCP_LINGER2"):is(length)
    elseif t.p.seconds ~= "as it is" then
      length = t.p.seconds
      t.client:sysctl("net.ipv4.tcp_fin_timeout", length)
    end
    c:close()
    s:reads_eof()
    c:state "FIN_WAIT2"
    local acked = c.flow:first "server > client . ack 2"
    if t.p.peer == "closes in time" then
      t:quiet((length - 1) * 1000)
      c:state "FIN_WAIT2"
      s:close():state "CLOSED"
      c:state "TIME_WAIT"
      acked = c.flow:first "client > server . ack 2"
      length = minute
    end
    -- that it has no row: when the row of TIME_WAIT's kind takes the socket's place, a look may find the socket itself in CLOSE
    t:expect(t.client:sockets()):is {}
    local over = t:moment "over"
    t:expect(over:time() - acked:time()):lasts(length > minute and 2 * (length - minute) or length)
    if t.p.peer == "never closes" then
      s:state("CLOSE_WAIT"):send "is anybody there?"
      s:state "CLOSED"
      c.flow:exactly [[
        client > server  S
        server > client  S.
        client > server  .
        client > server  F.
        server > client  .
        server > client  . "is anybody there?"
        client > server  R
      ]]
    else
      c.flow:never "R"
    end
  end,
}
