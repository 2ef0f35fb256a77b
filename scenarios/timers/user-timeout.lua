-- SPDX-License-Identifier: MIT
return scenario {
  title = "TCP_USER_TIMEOUT: how long a program is willing to wait for an acknowledgement, whatever is waited for",
  why = [[
    The option goes before tcp_retries2 where data are repeated, before the count of probes where the window is shut, and before TCP_KEEPCNT where the
    connection is idle: so many milliseconds without a sign of the peer, and the program is told ETIMEDOUT. The timers are shortened so that the end
    comes when it is due and not at the next doubling. It is counted from the first repetition of what was not acknowledged, from the
    first probe, or from the peer's last word.
  ]],
  refs = { "tcp(7): TCP_USER_TIMEOUT", "RFC 5482", "net/ipv4/tcp_timer.c: tcp_clamp_rto_to_user_timeout(), tcp_probe_timer(), tcp_keepalive_timer()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 100,
  matrix = { family = { "ipv4", "ipv6" }, waits_for = { "an ACK", "a window", "a probe's answer" } },
  run = function(t)
    local SECONDS = 20
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):option("TCP_USER_TIMEOUT", SECONDS * 1000):option("SO_SNDBUF", 100000)
    if t.p.waits_for == "a probe's answer" then
      c:option("SO_KEEPALIVE", 1):option("TCP_KEEPIDLE", 10):option("TCP_KEEPINTVL", 3):option("TCP_KEEPCNT", 100)
    end
    c:connect(l):connected()
    local s = l:accept "s"
    local since
    if t.p.waits_for == "a window" then
      c:send(t:bytes(30000))
      c.flow:first "server > client . win 0"
      t.wire:idle()
      since = c.flow:first(("client > server . seq %d"):format(s:queue():value().unread))
      t.wire:cut()
    elseif t.p.waits_for == "an ACK" then
      c:send "hello"
      s:receives "hello"
      t.wire:idle()
      t.wire:cut()
      c:send "lost"
      since = c.flow:first('client > server data "lost"', 2)
    else
      c:send "hello"
      s:receives "hello"
      since = c.flow:first "server > client . ack 6"
      t.wire:cut()
    end
    t:expect(c:poll()):is { error = true }
    local over = t:moment "over"
    local nothing, errno = c:receive(1)
    t:expect(errno):is "ETIMEDOUT"
    t:expect(over:time() - since:time()):lasts(SECONDS)
    c:state "CLOSED"
    s:state "ESTABLISHED"
  end,
}
