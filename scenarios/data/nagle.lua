-- SPDX-License-Identifier: MIT
return scenario {
  title = "Nagle: small sends wait for the ACK of the one before, and go together",
  why = [[
    The first small segment goes at once. While it is not acknowledged the next small ones are kept and put together; the ACK lets them
    go as one. With TCP_NODELAY each goes by itself. The server's ACKs are held on the wire, so that there is no doubt about what was
    sent before one came. Nagle looks for unacknowledged bytes, not for time: it is no 200 ms timer.
  ]],
  refs = { "RFC 9293, 3.7.4", "tcp(7): TCP_NODELAY", "net/ipv4/tcp_output.c: tcp_nagle_test()" },
  matrix = { family = { "ipv4", "ipv6" }, nodelay = { 0, 1 } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("TCP_NODELAY", t.p.nodelay):connect(l):connected()
    local s = l:accept "s"
    -- without Nagle nothing waits for an ACK, and nothing must: a retransmission would leave room for one segment only
    local acks = t.p.nodelay == 0 and t.wire:hold "server > client"
    c:send "a":send "b":send "c":send "d"
    t.wire:idle()
    if t.p.nodelay == 1 then
      t:expect(s:queue():value().unread):is(4)
      for _, byte in ipairs { "a", "b", "c", "d" } do c.flow:first(('client > server P. len 1 "%s"'):format(byte)) end
    else
      t:expect(s:queue():value().unread):is(1)
      t:expect(c:queue()):is { unacknowledged = 4 }
    end
    if acks then acks:off():release() end
    s:receives "abcd"
    if t.p.nodelay == 0 then
      c.flow:first('client > server len 3 "bcd"')
      c.flow:never 'client > server len 1 "b"'
    end
    t:expect(c:queue()):is { unacknowledged = 0 }
  end,
}
