-- SPDX-License-Identifier: MIT
return scenario {
  title = "connect to a silent host, nothing set: ETIMEDOUT after two minutes, and a SYN that is heard before is enough",
  why = [[
    The SYN is repeated after 1, 3, 7, 15, 31 and 63 s, for tcp_syn_retries is 6; when 2^7 - 1 = 127 s have passed connect gives up. Since Linux 6.5 the
    first tcp_syn_linear_timeouts repetitions come a second apart, so that ten of them fit in, at 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s, and the
    timer at which 127 s have passed is that of 131 s. A host that wakes up in time for the last of them is connected to as if nothing had been.
  ]],
  refs = { "connect(2): ETIMEDOUT", "tcp(7): tcp_syn_retries, tcp_syn_linear_timeouts", "RFC 6298, 5", "net/ipv4/tcp_timer.c: tcp_write_timeout()" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 200,
  matrix = { family = { "ipv4", "ipv6" }, heard = { "none", "the last" } },
  run = function(t)
    local limit = 2 ^ (t.client:sysctl "net.ipv4.tcp_syn_retries" + 1) - 1
    local due, at = {}, 0 -- intervals of the repetitions, and what they add up to
    while at + t:syn_retry(#due + 1) < limit do
      due[#due + 1] = t:syn_retry(#due + 1)
      at = at + due[#due]
    end
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local deaf = t.wire:drop { "client > server S", times = t.p.heard == "the last" and #due or nil }
    local c = t.client:socket("c"):connect(l):connecting()
    local before = c.flow:first "client > server S"
    if t.p.heard == "none" then c:fails "ETIMEDOUT" else c:connected() end
    local over = t:moment "over"
    for n, interval in ipairs(due) do
      local syn = c.flow:first("client > server S", n + 1)
      t:expect(syn:time() - before:time()):lasts(interval)
      before = syn
    end
    c.flow:count("client > server S", { min = #due + 1, max = #due + 1, repeats = true })
    if t.p.heard == "none" then
      t:expect(over:time() - before:time()):lasts(t:syn_retry(#due + 1))
      t:expect(deaf:acted()):is(#due + 1)
      c:state "CLOSED"
      c.flow:never "server > client"
    else
      c:send "at last"
      l:accept("s"):receives "at last"
    end
  end,
}
