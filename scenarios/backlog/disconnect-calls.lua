-- SPDX-License-Identifier: MIT
return scenario {
  title = "What accept, recv and getpeername give of a client that has left",
  why = [[
    The same story as backlog/disconnect, told by the calls themselves. accept succeeds in every case. A client that
    closed leaves CLOSE_WAIT behind: its bytes, then 0; getpeername still knows it. One that reset leaves no
    connection: getpeername says ENOTCONN, which is where servers that ask for the name first go wrong. But the
    bytes that had come before the RST are still given, then ECONNRESET once, then 0.
  ]],
  refs = { "accept(2)", "getpeername(2): ENOTCONN", "recv(2): ECONNRESET", "RFC 9293, 3.10.7.4" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    t.client:socket("silent"):connect(l):connected():close()
    t.client:socket("spoken"):connect(l):connected():send "hello, then gone":close()
    t.client:socket("reset"):connect(l):connected():send "hello":linger(0):close()
    t.wire:idle()
    t:expect(l:queue()):is { waiting = 3, limit = 4 }

    l:accept("a"):state("CLOSE_WAIT"):reads_eof():getpeername()
    l:accept("b"):receives("hello, then gone"):reads_eof():getpeername()
    local c = l:accept "c"
    c:state "CLOSED"
    c:getpeername():fails "ENOTCONN"
    c:receives("hello"):reset():reads_eof()
    t:expect(l:queue()):is { waiting = 0 }
  end,
}
