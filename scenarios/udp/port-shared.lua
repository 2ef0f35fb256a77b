-- SPDX-License-Identifier: MIT
return scenario {
  title = "A UDP port is free as soon as its socket is closed; SO_REUSEADDR lets a second one take it over",
  why = [[
    There is no TIME-WAIT, so a server that starts again needs no SO_REUSEADDR. Set out of habit it does harm: over TCP it cannot take
    a port from a listener, over UDP any number of sockets that all set it can bind the same address and port, and the one that came
    last gets every datagram. The first one stays bound and hears nothing, with no error at all.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "udp(7)", "bind(2): EADDRINUSE" },
  matrix = { family = { "ipv4", "ipv6" }, reuse = { 0, 1 } },
  run = function(t)
    local here = t.server:address(6000)
    local c = t.client:socket("c", "udp"):connect(here):connected()
    local first = t.server:socket("first", "udp"):option("SO_REUSEADDR", t.p.reuse):bind(here)
    local second = t.server:socket("second", "udp"):option("SO_REUSEADDR", t.p.reuse):bind(here)
    if t.p.reuse == 0 then
      second:fails "EADDRINUSE"
      second:close()
      c:send "to the first"
      first:receives "to the first"
      first:close()
      second = t.server:socket("third", "udp"):bind(here)
    else
      t:expect(t.server:sockets "udp"):is { { local_port = 6000 }, { local_port = 6000 } }
    end
    c:send "to the last"
    second:receives "to the last"
    if t.p.reuse == 1 then first:reads_nothing() end
    c.flow:never "icmp"
  end,
}
