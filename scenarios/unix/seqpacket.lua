-- SPDX-License-Identifier: MIT
return scenario {
  title = "AF_UNIX seqpacket: a connection whose sends are messages, and that has an end",
  why = [[
    The third kind has what the other two lack: of streams the connection, accept and the end; of datagrams the
    boundaries. No length need be sent along. A message that is longer than the buffer is cut, and the rest of it is
    gone, as with datagrams: a stream's reader, who takes the rest with the next recv, finds the next message instead.
    An empty message and the end both give 0.
  ]],
  refs = { "unix(7): SOCK_SEQPACKET", "recv(2): MSG_TRUNC" },
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix-seqpacket"):bind "packets.sock":listen(1)
    t:expect(l:queue()):is { waiting = 0, limit = 1 }
    local c = t.client:socket("c", "unix-seqpacket"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 1 }
    local s = l:accept "s"
    c:send "first":send "second":send "third"
    s:receives "first"
    local piece, _, more = s:receive(3)
    t:expect(piece):is "sec"
    t:expect(more.truncated):is(true)
    s:receives "third":reads_nothing()

    c:send ""
    t:expect((s:receive(10))):is ""
    s:reads_nothing()
    c:send "the last":close()
    s:receives "the last":reads_eof():reads_eof()

    -- the kind of socket is part of the address: nobody of another kind gets in
    t.client:socket("stream", "unix"):connect "packets.sock":fails "EPROTOTYPE"
    t.client:socket("letter", "unix-dgram"):connect "packets.sock":fails "EPROTOTYPE"
  end,
}
