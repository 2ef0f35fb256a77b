-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that is started again: its port is in TIME_WAIT, and SO_REUSEADDR must have been set before, too",
  why = [[
    Who closes first keeps the connection in TIME_WAIT, 60 s on Linux, and with it the port, although no process has it. A new server then gets
    EADDRINUSE from bind. SO_REUSEADDR allows it, if the listener of before had set it as well: the connection has inherited it and TIME_WAIT
    has kept it. So the option that helps tomorrow's start is today's. The old connection goes on being answered for meanwhile, and when
    the client closes first there is nothing in the way.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "RFC 9293, 3.4.2", "RFC 1122, 4.2.2.13", "net/ipv4/inet_timewait_sock.c" },
  matrix = { family = { "ipv4", "ipv6" }, before = { 0, 1 }, now = { 0, 1 }, closes_first = { "server", "client" } },
  run = function(t)
    local address = t.server:address(6000)
    local l = t.server:socket("l"):option("SO_REUSEADDR", t.p.before):bind(address):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    if t.p.closes_first == "server" then
      s:close()
      c:reads_eof():close()
      t:expect(t.server:count "TIME_WAIT"):is(1)
    else
      c:close()
      s:reads_eof():close()
      s:state "CLOSED"
      t:expect(t.client:count "TIME_WAIT"):is(1)
      t:expect(t.server:count "TIME_WAIT"):is(0)
    end
    l:close()
    t:expect(t.server:count "LISTEN"):is(0)

    local again = t.server:socket("again"):option("SO_REUSEADDR", t.p.now):bind(address)
    if t.p.closes_first == "server" and not (t.p.before == 1 and t.p.now == 1) then
      again:fails "EADDRINUSE"
      -- it is the port that is taken, not the host
      again:bind(t.server:address(6001)):listen(1)
    else
      again:listen(1)
    end
    local d = t.client:socket("d"):connect(again):connected()
    d:send "hello"
    again:accept("e"):receives "hello"
    t:expect(t.server:count "TIME_WAIT"):is(t.p.closes_first == "server" and 1 or 0)
  end,
}
