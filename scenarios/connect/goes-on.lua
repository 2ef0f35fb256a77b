-- SPDX-License-Identifier: MIT
return scenario {
  title = "A connect that returned early goes on by itself",
  why = [[
    connect that is interrupted by a signal (EINTR), or that does not block, has only stopped waiting: the kernel finishes the handshake without
    the program. The server can accept and speak before the client makes another call. So the answer to EINTR is to wait and ask
    SO_ERROR, not to connect again, which may say EALREADY or EISCONN of a connection that is well; and close gives an attempt up
    that is still under way, without a word on the wire.
  ]],
  refs = { "connect(2): EINTR", "POSIX.1-2017, connect()", "net/ipv4/af_inet.c: __inet_stream_connect()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local syns = t.wire:hold "client > server S"
    local c = t.client:socket("c"):connect(l):fails "EINPROGRESS"
    local given_up = t.client:socket("given-up"):connect(l):fails "EINPROGRESS"
    t:expect(syns:held()):is(2)
    given_up:close()
    t:expect(t.client:count "SYN_SENT"):is(1)

    syns:off():release()
    local s = l:accept "s"
    s:send "you are connected"
    c:state "ESTABLISHED"
    t:expect(c:queue()):is { unread = 17 }
    t:expect(c:option "SO_ERROR"):is(0)
    c:receives "you are connected"
    c.flow:never "R"

    -- its SYN arrives when nobody is there any more: the answer to it is answered with RST, and nothing reaches accept
    given_up.flow:exactly [[
      client > server  S
      server > client  S.
      client > server  R  seq 1
    ]]
    t.wire:idle()
    t:expect(l:queue()):is { waiting = 0 }
    t:expect(t.server:count "SYN_RECV"):is(0)
  end,
}
