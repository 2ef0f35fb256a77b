-- SPDX-License-Identifier: MIT
return scenario {
  title = "A peer that has forgotten the connection: silence until somebody sends, then RST",
  why = [[
    The server's reset is lost, as everything is lost when a machine crashes or loses its power. The client's side is ESTABLISHED and stays so, for
    a connection without traffic needs no packets: neither recv nor the state says anything. The first segment that the client sends
    tells it, or a keepalive. And a client that reads only waits for ever.
  ]],
  refs = { "RFC 9293, 3.5.1", "tcp(7): SO_KEEPALIVE", "net/ipv4/tcp_ipv4.c: tcp_v4_send_reset()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, sends = { "data", "FIN", "nothing" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local lost = t.wire:drop { "server > client R", times = 1 }
    s:linger(0):close()
    t:expect(lost:acted()):is(1)
    t:expect(t.server:count "ESTABLISHED"):is(0)
    c:reads_nothing():state "ESTABLISHED"
    if t.p.sends == "data" then
      c:send "hello?"
      c:reset()
    elseif t.p.sends == "FIN" then
      c:shutdown "wr":reset()
    else
      t:quiet(20)
      c:reads_nothing():state "ESTABLISHED"
      return
    end
    c:state "CLOSED"
    c.flow:shape([[
      client > server  S
      server > client  S.
      server > client  R.
      client > server  ]] .. (t.p.sends == "data" and 'data "hello?"' or "F.") .. [[

      server > client  R
    ]])
  end,
}
