-- SPDX-License-Identifier: MIT
return scenario {
  title = "A peer that is gone without a word is found out by keepalive alone",
  why = [[
    The wire is cut: as when a cable is pulled, nobody says anything. A connection on which nothing is sent would stay ESTABLISHED for ever. With
    SO_KEEPALIVE, here after one second and two probes a second apart, the client's kernel gives up and recv fails with ETIMEDOUT. The server's,
    which asked for nothing, still believes in it.
  ]],
  refs = { "tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT", "RFC 9293, 3.8.4" },
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  tags = { "timers" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("SO_KEEPALIVE", 1):option("TCP_KEEPIDLE", 1):option("TCP_KEEPINTVL", 1):option("TCP_KEEPCNT", 2)
      :connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello"
    t.wire:idle()
    t.wire:cut()
    t:expect(c:poll()):is { error = true }
    local nothing, errno = c:receive(10, { once = true })
    t:expect(nothing):is(nil)
    t:expect(errno):is "ETIMEDOUT"
    c:state "CLOSED"
    s:state "ESTABLISHED"
    c.flow:count("client > server . seq 5", 2)
  end,
}
