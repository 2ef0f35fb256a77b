-- SPDX-License-Identifier: MIT
return scenario {
  title = "A peer that was started anew: discovered by the first thing that reaches it, however late, and by nothing else",
  why = [[
    The server's machine has lost its memory, and its RST was lost as well. The client is ESTABLISHED, and stays so for as long as nobody says
    anything: hours. A keepalive probe is such a thing, two hours later: answered with RST, it gives ECONNRESET, and at once, where a vanished peer gives
    ETIMEDOUT eleven minutes later. So is data after an hour, and the repetition of data that were lost while the machine was off. Who only
    reads, without keepalive, waits for ever.
  ]],
  refs = { "RFC 9293, 3.5.1", "tcp(7): SO_KEEPALIVE, tcp_keepalive_time", "net/ipv4/tcp_ipv4.c: tcp_v4_send_reset()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 9000,
  matrix = { family = { "ipv4", "ipv6" }, client = { "probes", "sends an hour later", "repeats", "reads" } },
  run = function(t)
    local idle = t.client:sysctl "net.ipv4.tcp_keepalive_time"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket "c"
    if t.p.client == "probes" then c:option("SO_KEEPALIVE", 1) end
    c:connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    local before = c.flow:first "server > client . ack 6"
    -- the machine is off: what it says and what is said to it is lost
    t.wire:cut()
    s:linger(0):close()
    t:expect(t.server:count "ESTABLISHED"):is(0)
    if t.p.client == "repeats" then
      c:send "anybody?"
      c.flow:first("client > server data", 7)
    end
    t.wire:mend()
    if t.p.client == "probes" then
      c:reset()
      local probe, answer = c.flow:first "client > server . seq 5", c.flow:first("server > client R", 2)
      t:expect(probe:time() - before:time()):lasts(idle)
      t:expect(answer:time() - probe:time()):lasts(0)
    elseif t.p.client == "repeats" then
      c:reset()
      t:order { c.flow:first("client > server data", 8), c.flow:first("server > client R", 2) }
    elseif t.p.client == "sends an hour later" then
      t:quiet(3600 * 1000)
      c:state "ESTABLISHED":send "anybody?"
      c:reset()
    else
      t:quiet(3 * idle * 1000)
      c:reads_nothing():state "ESTABLISHED"
      return
    end
    c:state "CLOSED"
    c.flow:never "client > server R"
  end,
}
