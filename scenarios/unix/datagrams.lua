-- SPDX-License-Identifier: MIT
return scenario {
  title = "AF_UNIX datagrams keep their boundaries and their order; who is not bound cannot be answered",
  why = [[
    One send is one receive, empty ones too; what the buffer has no room for is lost, and MSG_TRUNC says so. Unlike
    UDP's, these datagrams are never lost or put in another order. The sender's address is the path that it bound
    itself: nobody gets one by sending, as UDP's gets a port. A client that forgets bind sends well and waits for an
    answer that cannot come.
  ]],
  refs = { "unix(7)", "recv(2): MSG_TRUNC" },
  world = "loop",
  run = function(t)
    local s = t.server:socket("s", "unix-dgram"):bind "letters.sock"
    local c = t.client:socket("c", "unix-dgram"):bind "reply.sock"
    local mute = t.client:socket("mute", "unix-dgram")

    c:send("one", { to = s }):send("", { to = s }):send("three", { to = s })
    t:expect(s:queue()):is { unread = 3 }
    s:receives "one":receives ""
    local piece, _, more = s:receive(2)
    t:expect(piece):is "th"
    t:expect(more.truncated):is(true)
    t:expect(more.from):is "reply.sock"
    s:reads_nothing()
    s:send("answer", { to = more.from })
    c:receives "answer"

    mute:send("who am I?", { to = s }):getsockname():returns ""
    local words, _, of = s:receive(100)
    t:expect(words):is "who am I?"
    t:expect(of.from):is(nil)

    -- connect chooses whom to send to, and shuts out everybody else
    s:connect(c):connected()
    s:send "only to you"
    c:receives "only to you"
    mute:send("and I?", { to = s, once = true }):fails "EPERM"

    -- an empty datagram is no end: there is none
    c:send("", { to = s })
    t:expect((s:receive(10))):is ""
    s:reads_nothing()

    -- nobody behind the name any more: the sender is told, and loses the peer it had chosen
    s:close()
    mute:connect "letters.sock":fails "ECONNREFUSED"
    c:send("hello?", { to = "letters.sock", once = true }):fails "ECONNREFUSED"
    local d = t.server:socket("d", "unix-dgram"):bind "second.sock"
    c:connect(d):connected()
    d:close()
    c:send("hello?", { once = true }):fails "ECONNREFUSED"
    c:send("hello?", { once = true }):fails "ENOTCONN"
  end,
}
