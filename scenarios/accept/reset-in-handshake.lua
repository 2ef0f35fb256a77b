-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that resets before its handshake is done is never accepted",
  why = [[
    Only a finished handshake brings a connection into the queue. The client's last ACK is held while it resets: the RST takes the half-open
    connection away, the late ACK finds nothing and is answered with RST, and accept gives the next client. So Linux has no
    ECONNABORTED to return here; a connection that is reset while it waits in the queue is accepted all the same
    (backlog/disconnect-calls).
  ]],
  refs = { "accept(2): ECONNABORTED", "RFC 9293, 3.10.7.4", "net/ipv4/tcp_minisocks.c: tcp_check_req()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local ack = t.wire:hold "client > server ."
    local hasty = t.client:socket("hasty"):connect(l):connected()
    t:expect(ack:held()):is(1)
    t:expect(t.server:count "SYN_RECV"):is(1)
    hasty:linger(0):close()
    t:expect(t.server:count "SYN_RECV"):is(0)
    t:expect(l:queue()):is { waiting = 0 }
    ack:off():release()
    hasty.flow:shape [[
      client > server  S
      server > client  S.
      client > server  .
      client > server  R.  seq 1
      server > client  R   seq 1
    ]]
    local c = t.client:socket("c"):connect(l):connected()
    c:send "next"
    local s = l:accept "s"
    s:receives "next"
    t:expect(t.server:count "ESTABLISHED"):is(1)
  end,
}
