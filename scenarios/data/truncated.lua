-- SPDX-License-Identifier: MIT
return scenario {
  title = "MSG_TRUNC throws bytes of a stream away, and tells the length of a datagram",
  why = [[
    Of a datagram the flag makes recv return the whole length, even when the buffer was smaller; the rest of it is lost with or without the flag.
    A stream has no length to tell: there Linux takes as many bytes as were asked for and stores none of them.
  ]],
  refs = { "recv(2): MSG_TRUNC", "tcp(7)" },
  matrix = { family = { "ipv4", "ipv6" }, protocol = { "tcp", "udp" } },
  run = function(t)
    if t.p.protocol == "tcp" then
      local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
      local c = t.client:socket("c"):connect(l):connected()
      local s = l:accept "s"
      c:send "not this, but this"
      t:expect(s:queue()):is { unread = 18 }
      local thrown, _, more = s:receive(10, { flags = { "TRUNC" } })
      t:expect(thrown):is(("\0"):rep(10)) -- nothing was stored
      t:expect(more.result):is(10)
      t:expect(s:queue()):is { unread = 8 }
      s:receives "but this":reads_nothing()
      return
    end
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    c:send "0123456789":send "abcdef":send "last"
    local bytes, _, more = s:receive(4, { flags = { "TRUNC" } })
    t:expect(bytes):is "0123"
    t:expect(more.result):is(10)
    t:expect(more.truncated):is(true)
    bytes, _, more = s:receive(4)
    t:expect(bytes):is "abcd"
    t:expect(more.result):is(4)
    t:expect(more.truncated):is(true)
    bytes, _, more = s:receive(4)
    t:expect(bytes):is "last"
    t:expect(more.truncated):is(false)
    s:reads_nothing()
  end,
}
