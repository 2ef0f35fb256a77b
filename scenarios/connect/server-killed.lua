-- SPDX-License-Identifier: MIT
return scenario {
  title = "The port of a server that was killed refuses; started again, it serves",
  why = [[
    SIGKILL leaves the server no time to say anything: its kernel closes for it. Who is connected reads the
    end, or a reset; who comes now is refused, as on a port that never had a server. The old connection may
    stay in TIME_WAIT on the server's side, and a server that set SO_REUSEADDR can listen again all the same.
  ]],
  refs = { "connect(2): ECONNREFUSED", "RFC 9293, 3.10.7.1", "socket(7): SO_REUSEADDR" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local before = t.client:socket("before"):connect(srv):connected()
    before:send "hello":receives "hello"
    srv:kill()
    before:reads_eof():close()

    local after = t.client:socket("after"):connect(srv)
    t:given(function() after:fails "ECONNREFUSED" end)
    after.flow:exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]

    t:given(function() t:expect(t.server:count "TIME_WAIT"):is(1) end)
    local again = t:start { name = "again" }
    t.client:socket("c"):connect(again):connected():send "hello again":receives "hello again"
  end,
}
