-- SPDX-License-Identifier: MIT
return scenario {
  title = "Syncookies do not help against a server that does not accept",
  why = [[
    There are two queues. Cookies stand in for the one of half-open connections; when the one of finished handshakes is full, the SYN is dropped
    whatever tcp_syncookies says. And a cookie whose ACK comes back to a full queue leaves nothing behind on the server: the client is connected,
    the server knows of nothing. Here that ends well, for the data of the client carries the same ACK again and is repeated: as
    soon as one place is free it makes the connection that it belongs to.
  ]],
  refs = { "listen(2)", "tcp(7): tcp_syncookies", "net/ipv4/tcp_input.c: tcp_conn_request()", "net/ipv4/syncookies.c: cookie_v4_check()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, full_when = { "SYN comes", "ACK comes" } },
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_syncookies", 2)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    t.client:socket("first"):connect(l):connected():send "first"
    if t.p.full_when == "SYN comes" then
      t.client:socket("second"):connect(l):connected()
      t:expect(l:queue()):is { waiting = 2, limit = 1 }
      local late = t.client:socket("late"):connect(l):connecting()
      late:state "SYN_SENT"
      late.flow:never "server > client"
      return
    end
    local ack = t.wire:hold { "client > server .", times = 1 }
    local c = t.client:socket("c"):connect(l):connected()
    t:expect(ack:held()):is(1)
    t:expect(t.server:count "SYN_RECV"):is(0)
    t.client:socket("second"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 2, limit = 1 }
    ack:release()
    c:state("ESTABLISHED"):send "are you there?"
    t.wire:idle()
    t:expect(l:queue()):is { waiting = 2 }
    t:expect(t.server:count "ESTABLISHED"):is(2)
    c:reads_nothing():state "ESTABLISHED"

    l:accept("a"):receives "first"
    -- the segment is repeated
    t:expect(l:queue()):is { waiting = 2 }
    l:accept "b"
    l:accept("s"):receives "are you there?"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "are you there?"
    ]]
    c.flow:never "R"
  end,
}
