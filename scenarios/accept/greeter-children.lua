-- SPDX-License-Identifier: MIT
return scenario {
  title = "Children that end together leave no zombie and stop nobody",
  why = [[
    The parent is stopped while three children end, so that three SIGCHLD become one: signals of a kind do not queue. A
    handler that waits once reaps one child and leaves two zombies; none at all leaves three. When the parent goes on, accept
    comes back from the handler with EINTR unless SA_RESTART was set: no reason to stop. What is left in the end is the
    listener.
  ]],
  refs = { "signal(7)", "waitpid(2)", "sigaction(2): SA_RESTART", "accept(2): EINTR" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local greeting = "This is a test string from server!\n"
    local clients = {}
    for i = 1, 3 do
      clients[i] = t.client:socket("c" .. i):connect(srv):connected():receives(greeting):reads_eof()
    end
    srv:runs():sleeps()
    t:expect(srv:children()):is { alive = 3, zombies = 0 }
    t:expect(srv:open_sockets()):is(4)

    t:given(function() srv:signal("STOP"):sleeps() end)
    for i = 1, 3 do
      clients[i]:close()
      t:expect(srv:children()):is { alive = 3 - i, zombies = i }
    end
    srv:signal "CONT"
    t:expect(srv:children()):is { alive = 0, zombies = 0 }
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)

    t.client:socket("next"):connect(srv):connected():receives(greeting):reads_eof():close()
    t:expect(srv:children()):is { alive = 0, zombies = 0 }
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
  end,
}
