-- SPDX-License-Identifier: MIT
return scenario {
  title = "Writing to a peer that has closed: the first send succeeds, RST comes back, the second gets EPIPE",
  why = [[
    A FIN only says that the peer sends no more; whether it still reads cannot be seen. So send takes the bytes. The peer's kernel has no socket for
    them and answers RST, and from then on send gives EPIPE (and SIGPIPE, unless MSG_NOSIGNAL). recv goes on giving 0, for the end was
    heard first: whoever only looks at recv never learns that the last bytes were lost. SO_ERROR says EPIPE, once.
  ]],
  refs = { "send(2): EPIPE", "RFC 9293, 3.6.1 and 3.10.7.1", "net/ipv4/tcp_input.c: tcp_reset()" },
  matrix = { family = { "ipv4", "ipv6" }, asks = { "send", "recv", "SO_ERROR" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    l:accept("s"):close()
    c:reads_eof():state "CLOSE_WAIT"
    c:send("lost"):returns(4)
    c:state "CLOSED"
    if t.p.asks == "recv" then
      c:reads_eof():reads_eof()
    elseif t.p.asks == "SO_ERROR" then
      t:expect(c:option "SO_ERROR"):is(32)
      t:expect(c:option "SO_ERROR"):is(0)
    end
    c:send("more", { once = true }):fails "EPIPE"
    c:send("more", { once = true }):fails "EPIPE"
    c:reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      server > client  F.
      client > server  data "lost"
      server > client  R
    ]]
    c.flow:never "client > server F"
  end,
}
