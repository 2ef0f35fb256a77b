-- SPDX-License-Identifier: MIT
return scenario {
  title = "A queue that fills up before the handshake's last ACK: dropped, or reset, as the sysctl says",
  why = [[
    Two clients wait in a queue of three (backlog 2). Two more are answered while there is still room, and the ACKs that would
    finish their handshakes are held on the wire. Let go one by one, the first fills the queue and the second finds it
    full. That client believes itself connected, the server does not: the connection stays in SYN_RECV and
    its ACK is ignored; or, with tcp_abort_on_overflow, it is reset.
  ]],
  refs = { "tcp(7): tcp_abort_on_overflow", "net/ipv4/tcp_minisocks.c: tcp_check_req()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, abort_on_overflow = { 0, 1 } },
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_abort_on_overflow", t.p.abort_on_overflow)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local early = t.client:socket("early"):connect(l):connected()
    t.client:socket("next"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 2, limit = 2 }
    local acks = t.wire:hold "client > server ."
    local first = t.client:socket("first"):connect(l):connected()
    local second = t.client:socket("second"):connect(l):connected()
    t:expect(acks:held()):is(2)
    t:expect(t.server:count "SYN_RECV"):is(2)

    acks:release(1)
    t:expect(l:queue()):is { waiting = 3, limit = 2 }
    acks:off():release()
    if t.p.abort_on_overflow == 1 then
      second:reset()
      second.flow:shape [[
        client > server  S
        server > client  S.
        client > server  .
        server > client  R
      ]]
      t:expect(t.server:count "SYN_RECV"):is(0)
    else
      second:state "ESTABLISHED"
      t:expect(t.server:count "SYN_RECV"):is(1)
      second.flow:never "R"
      -- one accept makes room; data carries the ACK again, and so does the answer to the server's next SYN-ACK
      l:accept "a"
      second:send "late but in"
      l:accept "b"
      l:accept "c"
      l:accept("d"):receives "late but in"
      second.flow:shape [[
        client > server  S
        server > client  S.
        client > server  data "late but in"
      ]]
    end
    early:send "early"
    first:send "first"
  end,
}
