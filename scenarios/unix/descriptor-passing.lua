-- SPDX-License-Identifier: MIT
return scenario {
  title = "A descriptor can be sent: the receiver holds the same open socket, not a copy",
  why = [[
    SCM_RIGHTS gives the receiver a descriptor of its own for what the sender had open, so that a connection can be
    handed to another process: it lives while anybody holds it, even while it is under way in a queue. It comes with
    the byte that it was sent with, and a stream's recv never reads on beyond that byte's send. A receiver that makes
    no room gets the bytes, MSG_CTRUNC, and nothing else: the kernel closes what came along, and if that was the last
    holder the peer sees the end.
  ]],
  refs = { "unix(7): SCM_RIGHTS", "cmsg(3)", "recvmsg(2): MSG_CTRUNC" },
  world = "loop",
  matrix = { kind = { "unix", "unix-dgram", "unix-seqpacket" } },
  run = function(t)
    local kind, c, s = t.p.kind, nil, nil
    if kind == "unix-dgram" then
      s = t.server:socket("s", kind):bind "door.sock"
      c = t.client:socket("c", kind):connect(s):connected()
    else
      local door = t.server:socket("door", kind):bind "door.sock":listen(1)
      c = t.client:socket("c", kind):connect(door):connected()
      s = door:accept "s"
    end
    local l = t.client:socket("l"):bind(t.client:address(6000)):listen(2)
    local guest = t.server:socket("guest"):connect(l):connected()
    local held = l:accept "held"

    c:send("take it", { pass = { held } })
    held:close()
    -- in nobody's hands but the queue's, and still open
    guest:send "hello?":reads_nothing()
    local bytes, _, came = s:receive(100, { control = true })
    t:expect(bytes):is "take it"
    t:expect(#came.passed):is(1)
    came.passed[1]:receives "hello?":send "it is me now"
    guest:receives "it is me now"
    came.passed[1]:close()
    guest:reads_eof()

    -- what is not asked for is lost
    local second = t.server:socket("second"):connect(l):connected()
    local lost = l:accept "lost"
    c:send("take it too", { pass = { lost } })
    lost:close()
    local _, _, poor = s:receive(100)
    t:expect(poor.lost):is(true)
    second:reads_eof()

    if kind == "unix" then
      -- sends run together in a stream, but not across what came along
      c:send "before ":send("with", { pass = { l } }):send " after"
      t:expect((s:receive(100))):is "before with"
      t:expect((s:receive(100))):is " after"
    end
  end,
}
