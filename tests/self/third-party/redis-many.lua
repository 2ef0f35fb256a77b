-- SPDX-License-Identifier: MIT
local N = 60

return scenario {
  title = "Many clients at once, of whom some are silent, some break off, and the others are served",
  why = [[
    One process with one thread for all of them: half a command of one, a reset by another, must not hold up or disturb a third. Of who is gone
    no connection is left.
  ]],
  refs = { "https://redis.io/docs/reference/clients" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local server = t:start()
    local all = {}
    for i = 1, N do
      all[i] = t.client:socket("c" .. i):connect(server):connected()
    end
    for i = 1, N do
      if i % 3 == 0 then all[i]:send "INCR" end
      if i % 3 == 1 then all[i]:send "INCR n\r\n" end
    end
    t.wire:idle()
    for i = 1, N do
      if i % 3 == 2 then all[i]:linger(0):close() end
    end
    t.wire:idle()
    local asks = t.client:socket("asks"):connect(server):connected()
    asks:send "GET n\r\n":receives(("$2\r\n%d\r\n"):format(N // 3))
    -- whose turn came first is the server's choice: the number of the answer is not said, that there is one is
    for i = 1, N, 3 do
      all[i]:receive()
    end
    for i = 3, N, 3 do
      all[i]:send " own":send(i .. "\r\n"):receives ":1\r\n"
    end
    t:expect(t.server:count "ESTABLISHED"):is(N - N // 3 + 1)
    t:expect(t.server:count "CLOSE_WAIT"):is(0)
    server:runs():sleeps()
  end,
}
