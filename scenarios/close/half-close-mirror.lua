-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that has said all still hears all",
  why = [[
    The mirror of close/half-close: who accepted ends its direction first. Nothing in TCP knows client from
    server once the connection stands, so the states are the same with the sides exchanged.
  ]],
  refs = { "shutdown(2)", "RFC 9293, 3.6 and 3.9.1.5" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    s:send "all I have to say":shutdown "wr"
    c:receives "all I have to say":reads_eof()
    s:state "FIN_WAIT2"
    c:state "CLOSE_WAIT"
    c:send "I have more":shutdown "wr"
    s:receives "I have more":reads_eof()
    c:state "CLOSED"
    s:state "TIME_WAIT"
    c.flow:shape [[
      client > server  S
      server > client  S.
      server > client  data "all I have to say"
      fin: server > client  F.
      client > server  data "I have more"  after fin
      client > server  F.  after fin
    ]]
    c.flow:never "R"
  end,
}
