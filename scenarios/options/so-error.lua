-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_ERROR gives the pending error once",
  why = [[
    An error that comes while no call waits for it is kept until somebody asks: SO_ERROR gives it and clears it. Whoever asks first gets it: after
    SO_ERROR was read, recv of a connection that was reset gives 0, like an orderly end, and a UDP socket sends again as if
    nobody had refused. So it is to be read once, and what it said kept. 111 is ECONNREFUSED, 104 ECONNRESET.
  ]],
  refs = { "socket(7): SO_ERROR", "connect(2): EINPROGRESS", "udp(7)" },
  matrix = { family = { "ipv4", "ipv6" }, asked = { "SO_ERROR", "recv" } },
  run = function(t)
    local by_option = t.p.asked == "SO_ERROR"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    t:expect(c:option "SO_ERROR"):is(0)
    l:accept("s"):linger(0):close()
    c:state "CLOSED"
    t:expect(c:poll()):is { error = true, readable = true }
    if by_option then
      t:expect(c:option("SO_ERROR"):value()):is(104)
      t:expect(c:poll()):is { error = false, hangup = true }
      c:reads_eof()
    else
      c:reset()
    end
    t:expect(c:option("SO_ERROR"):value()):is(0)
    c:option("SO_ERROR", 0):fails "ENOPROTOOPT"

    local u = t.client:socket("u", "udp"):connect(t.server:address(6001)):connected():send "anybody?"
    t.wire:idle()
    t:expect(u:poll()):is { error = true }
    if by_option then
      t:expect(u:option("SO_ERROR"):value()):is(111)
    else
      local nothing, errno = u:receive(10, { once = true })
      t:expect(errno):is "ECONNREFUSED"
      t:expect(nothing):is(nil)
    end
    t:expect(u:poll()):is { error = false }
    u:reads_nothing()
    u.flow:exactly [[
      client > server  udp "anybody?"
      server > client  icmp unreachable port
    ]]
  end,
}
