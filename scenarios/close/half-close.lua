-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that has said all still hears all",
  why = [[
    shutdown(SHUT_WR) ends one direction only. The server stands still while the client sends its last bytes and
    its FIN, so every byte of the echo leaves after the FIN has come: the client sits in FIN_WAIT2, the server's side in
    CLOSE_WAIT, and the data must still cross. A server that takes end of input for the end of the
    connection loses them; one that closes with input unread sends RST.
  ]],
  refs = { "shutdown(2)", "RFC 9293, 3.6 and 3.9.1.5", "RFC 862" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "first ":receives "first ":send "second ":receives "second "
    srv:freeze()
    c:send "the last\0line\n":shutdown "wr"
    c:state "FIN_WAIT2"
    srv:sees(c, "CLOSE_WAIT")
    srv:thaw()
    c:receives "the last\0line\n"
    srv:sleeps()
    c:reads_eof()
    c:state "TIME_WAIT"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "first "
      server > client  data "first "
      client > server  data "second "
      server > client  data "second "
      client > server  data "the last\0line\n"
      fin: client > server  F.
      server > client  data "the last\0line\n"  after fin
      server > client  F.  after fin
    ]]
    c.flow:never "R"
    srv:runs():sleeps()
    t:expect(srv:children()):is { zombies = 0 }
    t:expect(t.server:count "CLOSE_WAIT"):is(0)
  end,
}
