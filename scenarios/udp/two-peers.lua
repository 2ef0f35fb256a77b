-- SPDX-License-Identifier: MIT
return scenario {
  title = "Each peer gets its own answers, whoever asked before",
  why = [[
    One socket hears everybody, and each datagram says who sent it: the answer goes there. A server that remembers its first peer,
    or connects its socket to it, serves that one only; with a connected socket everybody else is even told that nobody is there. A peer is
    an address and a port: two programs on one host are two. One that is gone, so that its answer is refused, harms nobody.
  ]],
  refs = { "recvfrom(2)", "udp(7)" },
  contract = "udp-echo",
  hosts = { "client", "server", "other" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local a = t.client:socket("a", "udp"):connect(srv):connected()
    local b = t.client:socket("b", "udp"):connect(srv):connected()
    local o = t.other:socket("o", "udp"):connect(srv):connected()
    a:send "a1":receives "a1"
    b:send "b1":receives "b1"
    o:send "o1":receives "o1"
    -- all at once: they wait in one queue
    srv:freeze()
    b:send "b2"
    a:send "a2"
    o:send "o2"
    a:send "a3"
    local gone = t.client:socket("gone", "udp"):connect(srv):connected():send "gone":close()
    srv:thaw()
    a:receives "a2":receives "a3":reads_nothing()
    b:receives "b2":reads_nothing()
    o:receives "o2":reads_nothing()
    gone.flow:exactly [[
      client > server  udp "gone"
      server > client  udp "gone"
      client > server  icmp unreachable port
    ]]
    srv:runs():sleeps()
    b:send "b3":receives "b3"
  end,
}
