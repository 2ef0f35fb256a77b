-- SPDX-License-Identifier: MIT
return scenario {
  title = "TIME_WAIT from end to end: the port is taken for sixty seconds, then free, and a repeated FIN begins them anew",
  why = [[
    Who closes first waits, TCP_TIMEWAIT_LEN from the peer's FIN on, so that a lost ACK can be given again. Meanwhile a listener without
    SO_REUSEADDR cannot have the port, and from here the same two ends cannot be connected again: EADDRNOTAVAIL. Unless the connection had timestamps, as
    it has when nothing is set: they tell old segments from new ones, and a socket that is bound to the port takes the row's place at once. When the
    peer repeats its FIN, for the ACK was lost, it is acknowledged and the sixty seconds begin anew. Then nothing is left: the port is free.
  ]],
  refs = { "RFC 9293, 3.6.1 and 3.10.7.4", "include/net/tcp.h: TCP_TIMEWAIT_LEN", "net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()",
    "net/ipv4/tcp_ipv4.c: tcp_twsk_unique()", "RFC 6191" },
  needs = { "wire" },
  tags = { "timers" },
  deadline = 100,
  matrix = { family = { "ipv4", "ipv6" }, closes_first = { "client", "server" }, fin = { "once", "repeated" }, timestamps = { 0, 1 } },
  where = function(p) return p.timestamps == 0 or p.closes_first == "client" and p.fin == "once" end,
  run = function(t)
    local length = t.server:timer "TCP_TIMEWAIT_LEN"
    local first, second = t.p.closes_first, t.p.closes_first == "client" and "server" or "client"
    local address = t.server:address(6000)
    t.client:sysctl("net.ipv4.tcp_timestamps", t.p.timestamps)
    local l = t.server:socket("l"):bind(address):listen(1)
    local c = t.client:socket("c"):option("SO_REUSEADDR", 1):bind(t.client:address(6001)):connect(l):connected()
    local s = l:accept "s"
    l:close()
    local waits, gone = first == "client" and c or s, first == "client" and s or c
    -- no ACK of the peer's FIN gets through: the peer repeats it until it is told to be quiet
    local fins = t.wire:hold { second .. " > " .. first .. " F", repeats = true }
    waits:close()
    gone:reads_eof():close()
    t:expect(fins:held()):is(1)
    if t.p.fin == "once" then
      fins:off():release()
    else
      local acks = t.wire:drop(first .. " > " .. second .. " .")
      fins:release(1)
      waits:state "TIME_WAIT"
      -- the repetitions, held back half a minute
      t:expect(fins:held()):at_least(7)
      acks:off()
      fins:off():release()
    end
    waits:state "TIME_WAIT"
    gone:state "CLOSED"
    local before = c.flow:first(first .. " > " .. second .. " . ack 2", t.p.fin == "once" and 1 or 2)
    t.wire:idle()

    local early, again
    if first == "server" then
      early = t.server:socket("early"):bind(address):fails "EADDRINUSE"
    else
      again = t.server:socket("again"):option("SO_REUSEADDR", 1):bind(address):listen(1)
      early = t.client:socket("early"):option("SO_REUSEADDR", 1):bind(t.client:address(6001)):connect(address)
      if t.p.timestamps == 1 then
        early:connected()
        t:expect(t.client:count "TIME_WAIT"):is(0)
        return
      end
      early:fails "EADDRNOTAVAIL"
    end
    waits:state "CLOSED"
    local over = t:moment "over"
    t:expect(over:time() - before:time()):lasts(length)
    t:expect(t[first]:count "TIME_WAIT"):is(0)
    if first == "server" then early:bind(address):listen(1) else early:connect(address):connected() end
  end,
}
