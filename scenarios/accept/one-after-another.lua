-- SPDX-License-Identifier: MIT
return scenario {
  title = "A second client loses nothing by coming while the first is served",
  why = [[
    Whether a server takes its clients side by side or one after the other, the kernel takes them all: the second is
    connected, what it says waits in the accept queue with it or is answered at once, and at the latest when the first has
    gone it has its echo. No client is refused, and none has to try again. The listening socket outlives every client.
  ]],
  refs = { "listen(2)", "accept(2)" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    srv:runs():sleeps()
    local sockets = srv:open_sockets():value()
    local first = t.client:socket("first"):connect(srv):connected():send "one":receives "one"
    srv:runs()
    local second = t.client:socket("second"):connect(srv):connected():send "two"
    srv:runs()
    first:send "one again":receives "one again"
    second:send ", and more"
    first:shutdown "wr":reads_eof()
    second:receives "two, and more"
    second:send "still here":receives "still here":shutdown "wr":reads_eof()
    srv:runs()

    local third = t.client:socket("third"):connect(srv):connected():send "three":receives "three"
    third:shutdown "wr":reads_eof()
    second.flow:never "R"
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(sockets)
    t:expect(srv:queue()):is { waiting = 0 }
  end,
}
