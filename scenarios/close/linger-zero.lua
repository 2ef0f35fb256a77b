-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_LINGER with 0 seconds: close is an abort",
  why = [[
    RST in place of FIN: what was not yet acknowledged is thrown away, there is no TIME_WAIT, and the port is free at once. That is why it is used
    against "address already in use", and why that is a mistake: the last bytes are lost with it, although send had taken them.
  ]],
  refs = { "socket(7): SO_LINGER", "RFC 9293, 3.10.5: ABORT", "net/ipv4/tcp.c: __tcp_close()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, linger = { "off", "zero" }, last_words = { "arrive", "under way" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local c = t.client:socket("c"):bind(t.client:address(6001)):connect(l):connected()
    local s = l:accept "s"
    local lost
    if t.p.last_words == "under way" then lost = t.wire:drop "client > server data" end
    c:send "last words"
    if lost then t:expect(lost:acted()):at_least(1) else t:expect(s:queue()):is { unread = 10 } end
    if t.p.linger == "zero" then c:linger(0) end
    c:close()
    if lost and t.p.linger == "off" then lost:off() end
    if t.p.linger == "off" then
      s:receives "last words":reads_eof():close()
      s:state "CLOSED"
      t:expect(t.client:count "TIME_WAIT"):is(1)
      c.flow:never "R"
      t.client:socket("next"):bind(t.client:address(6001)):fails "EADDRINUSE"
      return
    end
    if not lost then s:receives "last words" end
    s:reset():state "CLOSED"
    t:expect(t.client:count "TIME_WAIT"):is(0)
    t:expect(t.client:count "FIN_WAIT1"):is(0)
    -- the next connection has the same ends
    local flow = t:flow(6000, 1)
    flow:count("client > server R.", 1)
    flow:never "F"
    flow:count("client > server data", 1)
    if lost then lost:off() end
    local next = t.client:socket("next"):bind(t.client:address(6001)):connect(l):connected()
    next:send "again"
    l:accept("n"):receives "again"
  end,
}
