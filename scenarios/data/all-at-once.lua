-- SPDX-License-Identifier: MIT
return scenario {
  title = "What came while the server slept is echoed to the last byte, though nothing more comes",
  why = [[
    The server stands still while 60000 bytes come, more than one recv takes, then the client is silent without ending. To
    poll, and to epoll by default, a socket with bytes left is ready again; edge-triggered epoll tells of the arrival once, so
    whoever reads once an event leaves the rest until something new comes, here for ever. Who echoes lines waits for a newline
    that need not come.
  ]],
  refs = { "epoll(7): Level-triggered and edge-triggered", "recv(2)", "RFC 862" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" }, bytes = { 1, 60000 } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected():send "x":receives "x"
    srv:freeze()
    local bytes = t:bytes(t.p.bytes)
    c:send(bytes)
    t.wire:idle()
    t:expect(c:info()):is { bytes_acked = t.p.bytes + 2 } -- the SYN and the first x
    srv:thaw()
    c:receives(bytes):reads_nothing()
    srv:runs():sleeps()
    t:expect(c.flow:bytes "server > client"):is(t.p.bytes + 1)
    t:expect(c:queue()):is { unread = 0, unacknowledged = 0 }
    c:shutdown "wr":reads_eof()
    c.flow:never "R"
  end,
}
