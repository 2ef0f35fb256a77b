-- SPDX-License-Identifier: MIT
return scenario {
  title = "A listener that closes resets those who wait, and leaves those who were accepted alone",
  why = [[
    Connections that nobody accepted have no descriptor and go with the listener: each is reset, what it had sent is lost, although its client's
    connect and send had succeeded. An accepted connection is a socket of its own and lives on; the port refuses new ones.
    shutdown(SHUT_RD) on a listener does the same at once, whoever else holds the descriptor.
  ]],
  refs = { "listen(2)", "shutdown(2)", "net/ipv4/inet_connection_sock.c: inet_csk_listen_stop()" },
  matrix = { family = { "ipv4", "ipv6" }, how = { "close", "shutdown" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local accepted = t.client:socket("accepted"):connect(l):connected()
    local s = l:accept "s"
    local silent = t.client:socket("silent"):connect(l):connected()
    local spoken = t.client:socket("spoken"):connect(l):connected():send "hello?"
    local ended = t.client:socket("ended"):connect(l):connected():shutdown "wr"
    ended:state "FIN_WAIT2"
    t:expect(l:queue()):is { waiting = 3 }

    if t.p.how == "close" then
      l:close()
    else
      l:shutdown "rd"
      l:accept("none"):fails "EINVAL"
    end
    silent:reset():state "CLOSED"
    spoken:reset():state "CLOSED"
    ended:reset():state "CLOSED"
    for _, c in ipairs { silent, spoken, ended } do c.flow:count("server > client R", 1) end
    t:expect(t.server:count "LISTEN"):is(0)
    t.client:socket("late"):connect(t.server:address(6000)):fails "ECONNREFUSED"

    accepted:send "still here"
    s:receives "still here":send "so am I"
    accepted:receives "so am I"
    accepted.flow:never "R"
    if t.p.how == "shutdown" then
      -- the socket is as it was before listen and keeps its port, but the port is in use: by what it accepted
      l:listen(1):fails "EADDRINUSE"
      accepted:close()
      s:reads_eof():close():state "CLOSED"
      l:listen(1)
      t.client:socket("again"):connect(l):connected()
    end
  end,
}
