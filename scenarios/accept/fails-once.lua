-- SPDX-License-Identifier: MIT
return scenario {
  title = "accept fails for one client; the next one is served",
  why = [[
    accept(2) may fail for reasons that are the client's or the moment's: ECONNABORTED when a client was gone before it was accepted,
    EMFILE and ENFILE when descriptors run out, EINTR when a signal came, and the network's own errors, which Linux passes on
    from the new connection. None of them says that the listener is broken. Linux hands most of them out rarely, so they are made
    here, at the system call, on the unmodified program: it must go on, and serve who comes next. EMFILE stays for as long as no
    descriptor is given back, and the connection stays in the queue: it must be accepted later.
  ]],
  refs = { "accept(2): Error handling", "POSIX accept(): ECONNABORTED, EINTR, EMFILE" },
  contract = "tcp-echo",
  needs = { "trace" },
  matrix = { family = { "ipv4", "ipv6" }, errno = { "ECONNABORTED", "EINTR", "EMFILE", "EPROTO" } },
  run = function(t)
    local srv = t:start { traced = true }
    srv:fail { call = "accept", nth = 1, errno = t.p.errno }
    srv:runs() -- one that waits in accept has met it already
    local c = t.client:socket("c"):connect(srv):connected()
    t:given(function() srv:call("accept = -1 " .. t.p.errno) end)
    srv:runs()
    c:send "still there?":shutdown "wr":receives "still there?":reads_eof()
    local d = t.client:socket("d"):connect(srv):connected()
    d:send "and you?":shutdown "wr":receives "and you?":reads_eof()
    c.flow:never "R"
    d.flow:never "R"
  end,
}
