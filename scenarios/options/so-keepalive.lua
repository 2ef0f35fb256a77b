-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_KEEPALIVE asks an idle peer whether it is there",
  why = [[
    A connection on which nobody says anything costs nothing and finds nothing out. With the option, and TCP_KEEPIDLE at one second instead of
    two hours, the client's kernel sends a segment without data and with a number that is acknowledged already; the server's
    kernel must answer it with an ACK. Neither program notices. Without the option the link stays silent.
  ]],
  refs = { "socket(7): SO_KEEPALIVE", "tcp(7): TCP_KEEPIDLE", "RFC 9293, 3.8.4" },
  matrix = { family = { "ipv4", "ipv6" }, on = { 0, 1 } },
  tags = { "timers" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("SO_KEEPALIVE", t.p.on):option("TCP_KEEPIDLE", 1):connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    local data = c.flow:first "client > server data"
    if t.p.on == 1 then
      local probe = c.flow:first "client > server . seq 5"
      t:expect(probe:time() - data:time()):at_least(0.9e9)
      t:order { probe, c.flow:first("server > client . ack 6", 2) }
    else
      t:quiet(1500)
    end
    s:reads_nothing()
    c:send "still here":reads_nothing()
    s:receives "still here"
  end,
}
