-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_REUSEADDR: a port with old connections can be bound, one with a listener cannot",
  why = [[
    Who closes first keeps the connection in TIME-WAIT for a minute, and bind to its port fails with EADDRINUSE: a server that is started
    again at once. With the option it does not. On Linux both sockets must have set it. It does not allow two listeners on
    one port: that is SO_REUSEPORT.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "ip(7)", "RFC 9293, 3.6" },
  matrix = { family = { "ipv4", "ipv6" }, first = { 0, 1 }, second = { 0, 1 } },
  run = function(t)
    local l = t.server:socket("l"):option("SO_REUSEADDR", t.p.first):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t:expect(s:option "SO_REUSEADDR"):is(t.p.first)

    -- while it listens nobody else can, whatever they set
    t.server:socket("rival"):option("SO_REUSEADDR", t.p.second):bind(t.server:address(6000)):fails("EADDRINUSE"):close()

    s:close()
    c:reads_eof():close()
    l:close()
    t:expect(t.server:count "TIME_WAIT"):is(1)
    local again = t.server:socket("again"):option("SO_REUSEADDR", t.p.second):bind(t.server:address(6000))
    if t.p.first == 1 and t.p.second == 1 then
      again:listen(5)
      t.client:socket("d"):connect(again):connected()
      again:accept "e"
    else
      again:fails "EADDRINUSE"
      t.client:socket("d"):connect(t.server:address(6000)):fails "ECONNREFUSED"
    end
  end,
}
