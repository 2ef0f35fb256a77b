-- SPDX-License-Identifier: MIT
local N = 8

return scenario {
  title = "Many clients at once are served each its own, in any order",
  why = [[
    Eight clients stay connected while they are served in turns, first to last and last to first, and end in an order that is
    neither. A server that waits for its first client, forgets one after it was quiet (select(2) changes the sets that it is
    given), or mixes up whom it talks to is found out by some turn. Between the turns it sleeps: who asks each client in turn
    whether there is something spins.
  ]],
  refs = { "select(2)", "poll(2)", "epoll(7)", "fork(2)", "pthread_create(3)" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    srv:runs():sleeps()
    local sockets = srv:open_sockets():value()
    local clients = {}
    for i = 1, N do
      clients[i] = t.client:socket("c" .. i):connect(srv):connected():send("first of " .. i):receives("first of " .. i)
    end
    srv:runs():sleeps()
    for i = N, 1, -1 do clients[i]:send("second of " .. i) end
    for i = 1, N do clients[i]:receives("second of " .. i) end
    for i = 1, N, 3 do clients[i]:send("third of " .. i):receives("third of " .. i) end
    for i = 1, N do clients[i]:reads_nothing() end

    for i = 1, N do
      clients[i * 5 % N + 1]:shutdown "wr":reads_eof()
      srv:runs():sleeps()
    end
    t:expect(srv:open_sockets()):is(sockets)
    t:expect(srv:children()):is { alive = 0, zombies = 0 }
    clients[1].flow:never "R"
    clients[N].flow:shape(([[
      client > server  S
      server > client  S.
      client > server  data "first of %d"
      server > client  data "first of %d"
      client > server  data "second of %d"
      server > client  data "second of %d"
      client > server  F.
      server > client  F.
    ]]):format(N, N, N, N))
  end,
}
