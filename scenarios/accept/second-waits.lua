-- SPDX-License-Identifier: MIT
return scenario {
  title = "While a server holds one client the next is not refused: it waits, connected",
  why = [[
    A server that is busy with its first client for ever can have no second one, courses say: impossible. It never accepts
    another, but its kernel does not care: as long as the backlog has room the handshake is completed, connect succeeds, and
    what the client sends is acknowledged and kept. The client cannot tell that nobody serves it. Only when the server ends
    does it hear: by RST, for nobody will ever accept it.
  ]],
  refs = { "listen(2)", "accept(2)", "RFC 9293, 3.10.4", "net/ipv4/inet_connection_sock.c: inet_csk_listen_stop()" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local first = t.client:socket("first"):connect(srv):connected()
    srv:runs():sleeps()
    local second = t.client:socket("second"):connect(srv):connected():send "is anybody there?"
    local third = t.client:socket("third"):connect(srv):connected()
    srv:runs():sleeps()
    t:expect(srv:queue()):is { waiting = 2, limit = 5 }
    srv:sees(second, "ESTABLISHED")
    t:expect(second:info()):is { bytes_acked = 18 } -- the SYN counts as one
    t:expect(srv:open_sockets()):is(2)
    second:reads_nothing()
    -- that the first goes makes no difference to a server that does not look
    first:close()
    second:reads_nothing()
    t:expect(srv:queue()):is { waiting = 2 }

    srv:signal "TERM"
    t:given(function() srv:killed_by "SIGTERM" end)
    second:reset()
    third:reset()
    second.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "is anybody there?"
      server > client  R.
    ]]
  end,
}
