-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_REUSEADDR lets two sockets bind one port, but not listen on it",
  why = [[
    On Linux the option means: others that have it too may have my port, as long as none of us listens. So two servers that both set it can both
    bind, and the error comes later than expected: from the second listen, or from bind when the first listens already. Who sets it on one
    side only gains nothing, and no port can be taken from a server that listens.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "listen(2): EADDRINUSE", "ip(7)", "net/ipv4/inet_connection_sock.c: inet_csk_bind_conflict()" },
  matrix = { family = { "ipv4", "ipv6" }, first = { 0, 1 }, second = { 0, 1 } },
  run = function(t)
    local address = t.server:address(6000)
    local first = t.server:socket("first"):option("SO_REUSEADDR", t.p.first):bind(address)
    local second = t.server:socket("second"):option("SO_REUSEADDR", t.p.second):bind(address)
    if t.p.first == 1 and t.p.second == 1 then
      first:listen(1)
      second:listen(1):fails "EADDRINUSE"
    else
      second:fails "EADDRINUSE"
      first:listen(1)
    end
    t.server:socket("third"):option("SO_REUSEADDR", 1):bind(address):fails "EADDRINUSE"
    t:expect(t.server:count "LISTEN"):is(1)
    local c = t.client:socket("c"):connect(first):connected()
    c:send "hello"
    first:accept("s"):receives "hello"
  end,
}
