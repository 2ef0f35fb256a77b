-- SPDX-License-Identifier: MIT
return scenario {
  title = "Urgent data: one byte, an URG flag, and a pointer behind it",
  why = [[
    send with MSG_OOB makes only its last byte urgent; the ones before it are ordinary. The segment has the URG flag, and its pointer counts
    from the segment's number to the byte behind the urgent one, as nearly everybody does it; by RFC 1122 it should be the byte
    itself. poll says POLLPRI, recv with MSG_OOB gives the byte, and a second time EINVAL. It comes in order and under
    flow control with all others: it is no second channel.
  ]],
  refs = { "send(2): MSG_OOB", "recv(2): MSG_OOB", "RFC 6093, 2", "tcp(7): tcp_stdurg" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local _, errno = s:receive(1, { flags = { "OOB" }, once = true })
    t:expect(errno):is "EINVAL"
    t:expect(s:poll():value()):is { urgent = false, readable = false }
    c:send("abc!", { flags = { "OOB" } })
    t:expect(s:poll()):is { urgent = true, readable = true }
    local bytes, _, more = s:receive(1, { flags = { "OOB" } })
    t:expect(bytes):is "!"
    t:expect(more.oob):is(true)
    _, errno = s:receive(1, { flags = { "OOB" }, once = true })
    t:expect(errno):is "EINVAL"
    s:receives "abc"
    t:expect(s:poll():value()):is { urgent = false, readable = false }
    c:send "def"
    s:receives "def":reads_nothing()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  PU.  urg 4 "abc!"
      client > server  data "def"
    ]]
  end,
}
