-- SPDX-License-Identifier: MIT
return scenario {
  title = "A full receiver shuts the window, is probed, and opens it again",
  why = [[
    The server does not read, so its kernel offers less and less, in the end 0, and the client has to stop with bytes in hand. That the window is
    open again is said by an ACK, which may be lost; so the client asks from time to time, with a segment that brings nothing new, and
    the answer says 0 again. When the server reads the rest flows, and nothing was lost.
  ]],
  refs = { "RFC 9293, 3.8.6.1", "RFC 1122, 4.2.2.17" },
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("SO_SNDBUF", 100000):connect(l):connected()
    local s = l:accept "s"
    local bytes = t:bytes(30000)
    c:send(bytes)
    local shut = c.flow:first "server > client win 0"
    t.wire:idle()
    local probed = c.flow:first("server > client win 0", 2)
    -- the probe timer is the retransmission timer's: at least 200 ms (tcp(7): tcp_rto_min_us)
    t:expect(probed:time() - shut:time()):at_least(100e6)
    t:expect(c:queue():value().unacknowledged):at_least(20000)
    t:expect(c:state "ESTABLISHED" and 1):is(1)
    s:receives(bytes)
    t:expect(c.flow:bytes "client > server"):is(30000)
    t:expect(c:queue()):is { unacknowledged = 0 }
    c.flow:never "R"
  end,
}
