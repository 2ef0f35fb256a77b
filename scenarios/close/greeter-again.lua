-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that closed first and was killed can listen again at once, while old clients are still served",
  why = [[
    Who ends first keeps the connection in TIME_WAIT, and of a greeter that is the server: without SO_REUSEADDR its own past
    bars it from the port for a minute. And a child that kept the listening socket keeps the port for as long as it has a
    client, though its parent is dead: then not even SO_REUSEADDR helps, for somebody does listen.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "bind(2): EADDRINUSE", "fork(2)", "RFC 9293, 3.3.2", "RFC 1337" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" }, child = { "gone", "alive" } },
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_rfc1337", 1) -- a stray RST must not end TIME_WAIT early
    local srv = t:start()
    local greeting = "This is a test string from server!\n"
    local past = t.client:socket("past"):connect(srv):connected():receives(greeting):reads_eof():close()
    t:given(function() past:state "CLOSED" end)
    t:expect(t.server:count "TIME_WAIT"):is(1)
    local old
    if t.p.child == "alive" then
      old = t.client:socket("old"):connect(srv):connected():receives(greeting):reads_eof()
      t:given(function() srv:sees(old, "FIN_WAIT2") end)
    end
    srv:runs():sleeps()
    srv:signal "KILL"
    t:given(function() srv:killed_by "SIGKILL" end)
    if not old then
      t.client:socket("nobody"):connect(t.server:address(srv:port())):fails "ECONNREFUSED"
    end

    local again = t:start { name = "again" }
    t.client:socket("new"):connect(again):connected():receives(greeting):reads_eof()
    if old then
      old:send "still here":close()
      local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, old:port())
      srv:stdout():line("greeted " .. name)
      old.flow:never "R"
    end
    again:runs():sleeps()
  end,
}
