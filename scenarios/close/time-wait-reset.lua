-- SPDX-License-Identifier: MIT
return scenario {
  title = "An RST ends TIME_WAIT early, unless tcp_rfc1337 is set",
  why = [[
    TIME_WAIT assassination: a reset with the right number, which the peer sends itself when it answers an old segment, takes the row away, and
    with it the protection against old segments. With tcp_rfc1337 = 1 the reset is ignored. A reset with another number changes nothing
    either way.
  ]],
  refs = { "tcp(7): tcp_rfc1337", "RFC 1337", "RFC 5961, 3", "net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, rfc1337 = { 0, 1 } },
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_rfc1337", t.p.rfc1337)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    -- a FIN that is said twice is answered twice; the second answer finds the client gone, and its RST would end the wait
    t.wire:drop { "client > server R", optional = true }
    s:close()
    c:reads_eof():close()
    s:state "TIME_WAIT"
    -- the SYN, no data, the FIN: 2 is what the server waits for
    t.wire:inject { flow = c.flow, from = "client", flags = "R", seq = 100000 }
    t.wire:idle()
    s:state "TIME_WAIT"
    t.wire:inject { flow = c.flow, from = "client", flags = "R", seq = 2 }
    t.wire:idle()
    s:state(t.p.rfc1337 == 1 and "TIME_WAIT" or "CLOSED")
    t:expect(t.server:count "TIME_WAIT"):is(t.p.rfc1337)
  end,
}
