-- SPDX-License-Identifier: MIT
return scenario {
  title = "An echo server survives clients that left before it accepted them",
  why = [[
    Four clients come while the server stands still, in different ways leave, and only then is the server let go. What the
    one that spoke and closed properly said is echoed into nothing; the one that reset must not take the server with it.
    Afterwards a client that stays is served, and nobody's descriptor or process is left over.
  ]],
  refs = { "accept(2)", "RFC 9293, 3.10.7.4" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local first = t.client:socket("first"):connect(srv):connected():send "x":receives "x":shutdown "wr":reads_eof()
    srv:runs():sleeps()
    local sockets = srv:open_sockets():value()
    srv:freeze()
    t.client:socket("silent"):connect(srv):connected():close()
    t.client:socket("spoken"):connect(srv):connected():send "hello, then gone":close()
    t.client:socket("reset"):connect(srv):connected():linger(0):close()
    local half = t.client:socket("half"):connect(srv):connected():send "anybody?":shutdown "wr"
    t:expect(srv:queue()):is { waiting = 4 }
    t.wire:idle()
    srv:thaw()
    half:receives "anybody?":reads_eof()
    first:close()

    local stays = t.client:socket("stays"):connect(srv):connected()
    stays:send "still here":receives "still here"
    stays:shutdown "wr":reads_eof()
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(sockets)
    t:expect(srv:children()):is { zombies = 0 }
  end,
}
