-- SPDX-License-Identifier: MIT
return scenario {
  title = "A SYN flood fills the queue of half-open connections: syncookies let others in all the same",
  why = [[
    SYNs from addresses that do not exist are answered and never acknowledged. Each keeps a place for half-open connections until
    there are as many as the backlog allows; then, without cookies, everybody's SYN is dropped in silence. With tcp_syncookies = 1 the server
    goes on answering, keeps nothing, and knows the connection again by the number that the client acknowledges; with 2 it does so
    from the first SYN on. The client cannot tell the difference.
  ]],
  refs = { "tcp(7): tcp_syncookies", "RFC 4987, 3.6", "net/ipv4/tcp_input.c: tcp_conn_request()", "net/ipv4/syncookies.c" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, syncookies = { 0, 1, 2 } },
  run = function(t)
    local BACKLOG, FLOOD = 3, 12
    t.server:sysctl("net.ipv4.tcp_syncookies", t.p.syncookies)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(BACKLOG)
    local early = t.client:socket("early"):connect(l):connected()
    for i = 1, FLOOD do
      local nobody = (t.family == "ipv6" and "2001:db8::%d" or "192.0.2.%d"):format(100 + i)
      t.wire:inject { source = { address = nobody, port = 7000 }, destination = l, flags = "S", seq = 1000 * i }
    end
    t.wire:idle()
    local half_open = t.server:count("SYN_RECV"):value()
    if t.p.syncookies == 2 then
      t:expect(half_open):is(0)
    else
      -- whether the limit itself still counts as room differs between kernels (inet_csk_reqsk_queue_is_full())
      t:expect(half_open):at_least(BACKLOG)
      t:expect(half_open):at_most(BACKLOG + 1)
    end
    local answered = 0
    for i = 1, FLOOD do
      local one = t:flow(6000, i + 1)
      if t.p.syncookies > 0 or i <= half_open then
        one:count("S.", { min = 1 })
        answered = answered + 1
      else
        one:count("S.", 0)
      end
    end
    t:expect(answered):is(t.p.syncookies > 0 and FLOOD or half_open)

    local c = t.client:socket("c"):connect(l)
    if t.p.syncookies == 0 then
      c:connecting():state "SYN_SENT"
      c.flow:never "server > client"
      t:expect(l:queue()):is { waiting = 1 }
    else
      c:connected():send "I am real"
      t:expect(l:queue()):is { waiting = 2 }
      t:expect(t.server:count "SYN_RECV"):is(half_open)
      l:accept("first"):reads_nothing()
      l:accept("s"):receives "I am real"
      c.flow:shape [[
        client > server  S
        server > client  S.
        client > server  data "I am real"
      ]]
    end
    early:state "ESTABLISHED"
  end,
}
