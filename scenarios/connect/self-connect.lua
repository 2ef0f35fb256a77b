-- SPDX-License-Identifier: MIT
return scenario {
  title = "A socket can be connected to itself",
  why = [[
    A client on the server's own machine that binds to the very port it connects to, or is given it by chance when the port lies in
    the ephemeral range and nobody listens, sends a SYN that comes back to its sender. To TCP that is a simultaneous open: the connection
    is established, both ends of it are one socket, and it reads what it writes. A program that tries again until its
    server is up can end so; getsockname equal to getpeername tells.
  ]],
  refs = { "RFC 9293, 3.5, figure 7", "net/ipv4/tcp_input.c: tcp_rcv_synsent_state_process()" },
  world = "loop",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local me = t.client:address(6000)
    local c = t.client:socket("c"):bind(me):connect(me):connected()
    local name = t.family == "ipv6" and "[::1]:6000" or "127.0.0.1:6000"
    c:getsockname():returns(name):getpeername():returns(name)
    t:expect(t.client:count "ESTABLISHED"):is(1)
    t:expect(t.client:count "LISTEN"):is(0)
    c:send "is anybody there?"
    c:receives "is anybody there?"
    -- the port is taken: the server that everybody waits for cannot start
    t.server:socket("late"):bind(me):fails "EADDRINUSE"
    c:shutdown "wr":reads_eof()
  end,
}
