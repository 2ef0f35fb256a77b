-- SPDX-License-Identifier: MIT
return scenario {
  title = "A peer that vanished, keepalive as it comes: found out after two hours, eleven minutes and fifteen seconds",
  why = [[
    The cable is pulled on an idle connection. For tcp_keepalive_time nothing is sent, for the peer might just have nothing to say. Then
    tcp_keepalive_probes probes go out tcp_keepalive_intvl apart, and one interval behind the last the client's kernel gives up: the program
    reads ETIMEDOUT. With what Linux comes with that are 7200 s + 9 * 75 s. TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT say otherwise for one
    socket. The RST at the end is a courtesy that nobody gets; the peer, which asked for nothing, believes in the connection still, and the
    first thing that it says is answered with RST.
  ]],
  refs = { "tcp(7): tcp_keepalive_time, tcp_keepalive_intvl, tcp_keepalive_probes", "RFC 1122, 4.2.3.6", "RFC 9293, 3.8.4",
    "net/ipv4/tcp_timer.c: tcp_keepalive_timer()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 9000,
  matrix = { family = { "ipv4", "ipv6" }, set_by = { "nobody", "options" } },
  run = function(t)
    local idle, interval, count = t.client:sysctl "net.ipv4.tcp_keepalive_time", t.client:sysctl "net.ipv4.tcp_keepalive_intvl",
      t.client:sysctl "net.ipv4.tcp_keepalive_probes"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):option("SO_KEEPALIVE", 1)
    if t.p.set_by == "options" then
      idle, interval, count = 20, 10, 3
      c:option("TCP_KEEPIDLE", idle):option("TCP_KEEPINTVL", interval):option("TCP_KEEPCNT", count)
    end
    c:connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    -- the last word that came from the peer is what silence is counted from
    local before = c.flow:first "server > client . ack 6"
    t.wire:cut()
    local nothing, errno = c:receive(1)
    local found_out = t:moment "found out"
    t:expect(errno):is "ETIMEDOUT"
    c:state "CLOSED"
    for n = 1, count do
      local probe = c.flow:first("client > server . seq 5", n)
      t:expect(probe:time() - before:time()):lasts(n == 1 and idle or interval)
      before = probe
    end
    t:expect(found_out:time() - before:time()):lasts(interval)
    c.flow:count("client > server . seq 5", { min = count, max = count, repeats = true })
    c.flow:count("client > server R. seq 6", 1)
    s:state("ESTABLISHED"):reads_nothing()
    t.wire:mend()
    s:send "are you still there?"
    s:reset():state "CLOSED"
  end,
}
