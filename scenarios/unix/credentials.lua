-- SPDX-License-Identifier: MIT
return scenario {
  title = "The kernel says who is at the other end: at connect, and with every message",
  why = [[
    SO_PEERCRED tells pid, uid and gid of whoever called connect or listen, as they were then: whoever holds the
    socket by now. With SO_PASSCRED set the kernel adds the sender's to each message itself, so that they need not be
    believed. Both speak of processes of this machine only; TCP has nothing like it.
  ]],
  refs = { "unix(7): SO_PEERCRED, SO_PASSCRED, SCM_CREDENTIALS", "socket(7)" },
  needs = { "program:socat", "program:/bin/cat" },
  world = "loop",
  run = function(t)
    -- a program that listens, seen by its client
    local srv = t.server:run { "socat", "UNIX-LISTEN:who.sock", "EXEC:/bin/cat", name = "srv" }:listens "who.sock"
    local c = t.client:socket("c", "unix"):connect(srv):connected()
    local who = c:peer_credentials()
    t:expect(who.pid == srv:pid()):is(true)
    t:expect(who.uid):is(0)

    -- a program that connects, seen by the listener; its messages bear its mark
    local l = t.server:socket("l", "unix"):option("SO_PASSCRED", 1):bind "here.sock":listen(1)
    local cli = t.client:run { "socat", "-u", "STDIN", "UNIX-CONNECT:here.sock", name = "cli" }
    local s = l:accept "s"
    t:expect(s:option "SO_PASSCRED"):is(1) -- accepted sockets inherit it
    t:expect(s:peer_credentials().pid == cli:pid()):is(true)
    cli:stdin "hello"
    local bytes, _, more = s:receive(100, { control = true })
    t:expect(bytes):is "hello\n"
    t:expect(more.credentials.pid == cli:pid()):is(true)
    t:expect(more.credentials.uid):is(0)

    -- without a connection nobody is at the other end, but a datagram can say who sent it
    local letters = t.server:socket("letters", "unix-dgram"):option("SO_PASSCRED", 1):bind "letters.sock"
    t:expect(letters:peer_credentials().pid):is(0)
    local post = t.client:run { "socat", "-u", "STDIN", "UNIX-SENDTO:letters.sock", name = "post" }
    post:stdin "dear you"
    local letter, _, of = letters:receive(100, { control = true })
    t:expect(letter):is "dear you\n"
    t:expect(of.credentials.pid == post:pid()):is(true)
    cli:close_stdin():exits(0)
    post:close_stdin():exits(0)
    -- it is gone, and the kernel still says who it was
    t:expect(s:peer_credentials().pid == cli:pid()):is(true)
    s:reads_eof()
  end,
}
