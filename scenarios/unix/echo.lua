-- SPDX-License-Identifier: MIT
return scenario {
  title = "An AF_UNIX echo server sends every byte back, to one client after the other",
  why = [[
    What TCP asks of an echo server this one owes too: bytes, not strings; all that was received, and no more; what
    was sent before the end is echoed behind it; sleep when there is nothing to do. A client that comes while another
    is served is connected at once and waits for its answer. The next one is served as the first was.
  ]],
  refs = { "unix(7)", "shutdown(2)", "RFC 862" },
  contract = "unix-echo",
  world = "loop",
  run = function(t)
    local srv = t:start { role = "server" }
    srv:stdout():line "waiting"
    local c = t.client:socket("c", "unix"):connect(srv):connected()
    srv:stdout():line "connected"
    c:send "hello\n":receives "hello\n":reads_nothing():send "a\0b":receives "a\0b":reads_nothing()
    local d = t.client:socket("d", "unix"):connect(srv):connected():send "me too"
    t.wire:idle()
    d:reads_nothing()
    t:expect(srv:queue()):is { waiting = 1, limit = 5 }

    srv:freeze()
    c:send(t:bytes(100000)):shutdown "wr"
    srv:thaw()
    c:receives(t:bytes(100000))
    srv:sleeps()
    c:reads_eof()
    d:receives "me too":close()
    srv:stdout():line "disconnected after 6 bytes"
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
    srv:stdout():exactly { "waiting", "connected", "disconnected after 100009 bytes", "waiting", "connected", "disconnected after 6 bytes", "waiting" }
  end,
}
