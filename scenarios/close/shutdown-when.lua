-- SPDX-License-Identifier: MIT
return scenario {
  title = "shutdown before, twice, and after: one FIN, and ENOTCONN without a connection",
  why = [[
    Without a connection shutdown gives ENOTCONN, before connect as after a reset, and once both sides have ended. A second shutdown of the same
    direction succeeds and sends nothing. During a connect it gives the attempt up. Behind shutdown(SHUT_WR) send gives EPIPE at once, and
    close adds no second FIN.
  ]],
  refs = { "shutdown(2): ENOTCONN", "send(2): EPIPE", "net/ipv4/af_inet.c: inet_shutdown()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    t.client:socket("new"):shutdown("wr"):fails "ENOTCONN"
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:shutdown "wr":shutdown("wr"):returns(0)
    c:state "FIN_WAIT2"
    c:send("too late", { once = true }):fails "EPIPE"
    s:reads_eof():send "but I":shutdown "wr"
    c:receives "but I":reads_eof():state "TIME_WAIT"
    c:shutdown("rdwr"):fails "ENOTCONN"
    c:close()
    s:shutdown("wr"):fails "ENOTCONN"
    s:close()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  data "but I"
      server > client  F.
    ]]
    c.flow:count("F", 2)

    local syn = t.wire:hold "client > server S"
    local given_up = t.client:socket("given-up"):connect(l):connecting()
    t:expect(syn:held()):is(1)
    given_up:shutdown "rdwr"
    t:expect(t.client:count "SYN_SENT"):is(0)
    syn:off():release()
    given_up.flow:exactly [[
      client > server  S
      server > client  S.
      client > server  R  seq 1
    ]]
  end,
}
