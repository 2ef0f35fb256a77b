-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that stays keeps nobody from being greeted, not even when another has gone",
  why = [[
    A server that forks is concurrent only if its parent never waits for a child. The SIGCHLD handler of many a course waits
    without WNOHANG until there are no more children: as soon as one ends, the parent sits in its handler until the last
    client has gone, and accepts nobody.
  ]],
  refs = { "fork(2)", "waitpid(2): WNOHANG", "signal(7)" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local greeting = "This is a test string from server!\n"
    local stays = t.client:socket("stays"):connect(srv):connected():receives(greeting):reads_eof()
    local goes = t.client:socket("goes"):connect(srv):connected():receives(greeting):reads_eof()
    t:given(function() srv:sees(stays, "FIN_WAIT2") end)
    t:expect(srv:children()):is { alive = 2, zombies = 0 }
    goes:close()
    local name = t.family == "ipv6" and "[%s]:%d" or "%s:%d"
    srv:stdout():line("greeted " .. name:format(t.client:address(0).address, goes:port()))
    srv:runs()
    local comes = t.client:socket("comes"):connect(srv):connected():receives(greeting):reads_eof()
    t:expect(srv:children()):is { alive = 2, zombies = 0 }
    t:expect(srv:queue()):is { waiting = 0, limit = 10 }
    stays:close()
    comes:close()
    srv:stdout():line("greeted " .. name:format(t.client:address(0).address, stays:port()))
    t:expect(srv:children()):is { alive = 0, zombies = 0 }
    srv:runs():sleeps()
  end,
}
