-- SPDX-License-Identifier: MIT
local gone = {
  -- its bytes are read, and the first send finds nobody: EPIPE at once, where TCP's first send still goes well
  ["before its echo"] = function(t, srv)
    srv:freeze()
    t.client:socket("c", "unix"):connect(srv):connected():send "hello":close()
    srv:thaw()
    srv:stdout():line "lost after 0 bytes: EPIPE"
  end,
  -- the echo is there and nobody has read it: that is a reset
  ["its echo unread"] = function(t, srv)
    local c = t.client:socket("c", "unix"):connect(srv):connected():send "hello"
    srv:stdout():line "connected"
    t:expect(c:queue()):is { unread = 5 }
    c:close()
    srv:stdout():line "lost after 5 bytes: ECONNRESET"
  end,
  ["while it waits"] = function(t, srv)
    srv:freeze()
    t.client:socket("c", "unix"):connect(srv):connected():close()
    srv:thaw()
    srv:stdout():line "disconnected after 0 bytes"
  end,
}

return scenario {
  title = "A client that is gone costs an AF_UNIX server its connection, not its life",
  why = [[
    A client's end is known at once here, so the very first send to one that has left gives EPIPE, and SIGPIPE kills
    whoever did not see to it. Tests with polite clients never show it. One that leaves its echo unread resets the
    connection. Either way the next client is served.
  ]],
  refs = { "send(2): EPIPE, MSG_NOSIGNAL", "recv(2): ECONNRESET", "signal(7): SIGPIPE" },
  contract = "unix-echo",
  world = "loop",
  matrix = { gone = { "before its echo", "its echo unread", "while it waits" } },
  run = function(t)
    local srv = t:start { role = "server" }
    srv:stdout():line "waiting"
    gone[t.p.gone](t, srv)
    srv:runs():sleeps()
    t.client:socket("next", "unix"):connect(srv):connected():send "next":receives "next":shutdown "wr":reads_eof()
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
  end,
}
