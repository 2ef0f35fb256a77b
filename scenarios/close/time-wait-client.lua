-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that closed first and comes back from the same port: timestamps decide",
  why = [[
    In TIME_WAIT the whole five-tuple is taken, not the port. With SO_REUSEADDR, then and now, bind gives the port again, and connect to any other
    server succeeds. To the same one Linux lets a socket that was bound pass if the old connection used timestamps, since these tell old
    segments from new ones (PAWS), whatever tcp_tw_reuse says; without them connect fails with EADDRNOTAVAIL. Had the server closed
    first, nothing would be in the client's way.
  ]],
  refs = { "connect(2): EADDRNOTAVAIL", "tcp(7): tcp_tw_reuse, tcp_timestamps", "RFC 7323, 5", "net/ipv4/tcp_ipv4.c: tcp_twsk_unique()" },
  matrix = { family = { "ipv4", "ipv6" }, closes_first = { "client", "server" }, timestamps = { 0, 1 } },
  run = function(t)
    t.client:sysctl("net.ipv4.tcp_timestamps", t.p.timestamps)
    t.client:sysctl("net.ipv4.tcp_tw_reuse", 0)
    local here = t.client:address(6001)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local other = t.server:socket("other"):bind(t.server:address(6002)):listen(2)
    local c = t.client:socket("c"):option("SO_REUSEADDR", 1):bind(here):connect(l):connected()
    local s = l:accept "s"
    if t.p.closes_first == "client" then
      c:close()
      s:reads_eof():close()
    else
      s:close()
      c:reads_eof():close()
    end
    t:expect(t[t.p.closes_first]:count "TIME_WAIT"):is(1)

    local again = t.client:socket("again"):option("SO_REUSEADDR", 1):bind(here):connect(l)
    if t.p.closes_first == "client" and t.p.timestamps == 0 then
      again:fails "EADDRNOTAVAIL"
      again:connect(other):connected():send "elsewhere"
      other:accept("o"):receives "elsewhere"
      t:expect(t.client:count "TIME_WAIT"):is(1)
    else
      again:connected():send "again"
      l:accept("s2"):receives "again"
      -- either way the old row is gone: the new connection has its place
      t:expect(t.client:count "TIME_WAIT"):is(0)
      t:expect(t.server:count "TIME_WAIT"):is(0)
    end
  end,
}
