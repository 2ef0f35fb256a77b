-- SPDX-License-Identifier: MIT
return scenario {
  title = "TCP_DEFER_ACCEPT: accept only gives clients that have said something",
  why = [[
    The listener ignores the handshake's last ACK when it carries nothing: the client is connected, the server still waits in SYN_RECV, and the
    queue is empty. The first data carries the same ACK again, and only then there is something to accept, and to read at once. A
    server that has to speak first must not ask for it.
  ]],
  refs = { "tcp(7): TCP_DEFER_ACCEPT", "net/ipv4/tcp_minisocks.c: tcp_check_req()" },
  matrix = { family = { "ipv4", "ipv6" }, deferred = { 0, 1 } },
  run = function(t)
    local l = t.server:socket("l"):option("TCP_DEFER_ACCEPT", t.p.deferred * 30):bind(t.server:address(6000)):listen(2)
    local silent = t.client:socket("silent"):connect(l):connected()
    local spoken = t.client:socket("spoken"):connect(l):connected()
    t.wire:idle()
    t:expect(t.server:count "SYN_RECV"):is(2 * t.p.deferred)
    t:expect(l:queue()):is { waiting = 2 - 2 * t.p.deferred }
    silent:state "ESTABLISHED"
    spoken:send "hello"
    if t.p.deferred == 1 then
      t:expect(l:queue()):is { waiting = 1 }
      l:accept("s"):receives("hello"):getpeername():returns((t.family == "ipv6" and "[2001:db8::1]:%d" or "192.0.2.1:%d"):format(spoken:port()))
      silent:send "hello, too"
      l:accept("last"):receives "hello, too"
    else
      l:accept("first"):reads_nothing()
      l:accept("s"):receives "hello"
    end
    spoken.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
    ]]
  end,
}
