-- SPDX-License-Identifier: MIT
return scenario {
  title = "FIN_WAIT2 lasts as long as there is a descriptor, and tcp_fin_timeout without one",
  why = [[
    The peer sits in CLOSE_WAIT and never closes. After shutdown the socket waits for it in FIN_WAIT2 without limit, for the program may
    still want to read. After close nobody can: the kernel keeps the orphan for tcp_fin_timeout (60 s when left alone; TCP_LINGER2 for one socket)
    and forgets it in silence. What the peer then sends is answered with RST. The peer's CLOSE_WAIT never ends by itself: it waits for
    a close in its own program.
  ]],
  refs = { "tcp(7): tcp_fin_timeout, TCP_LINGER2", "RFC 9293, 3.3.2", "net/ipv4/tcp.c: __tcp_close()" },
  matrix = { family = { "ipv4", "ipv6" }, set_by = { "sysctl", "option" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    if t.p.set_by == "sysctl" then t.client:sysctl("net.ipv4.tcp_fin_timeout", 1) end
    local kept = t.client:socket("kept"):connect(l):connected()
    local kept_peer = l:accept "kept-peer"
    local orphan = t.client:socket("orphan"):connect(l):connected()
    local orphan_peer = l:accept "orphan-peer"
    if t.p.set_by == "option" then
      kept:option("TCP_LINGER2", 1)
      orphan:option("TCP_LINGER2", 1)
    end
    kept:shutdown "wr"
    kept:state "FIN_WAIT2"
    orphan:close()
    orphan:state "FIN_WAIT2"
    orphan_peer:reads_eof():state "CLOSE_WAIT"
    kept_peer:reads_eof():state "CLOSE_WAIT"
    t:expect(t.client:count "FIN_WAIT2"):is(2)

    orphan:state "CLOSED"
    kept:state "FIN_WAIT2"
    orphan_peer:state "CLOSE_WAIT"
    kept_peer:send "still here"
    kept:receives "still here"
    orphan_peer:send "is anybody there?"
    orphan_peer:state "CLOSED"
    orphan.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  data "is anybody there?"
      client > server  R
    ]]
    kept.flow:never "R"
  end,
}
