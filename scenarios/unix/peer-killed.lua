-- SPDX-License-Identifier: MIT
return scenario {
  title = "Kill one side: the other sees an end, or a reset if its bytes were not read",
  why = [[
    The kernel closes what a killed process had open. To the peer that is a close like any other: end of stream when
    the dead one had read everything, ECONNRESET when it had not, EPIPE on the next send; a client in the queue is
    reset. The file stays: connect then gives ECONNREFUSED, and no server that merely calls bind can come back.
  ]],
  refs = { "unix(7)", "signal(7)", "net/unix/af_unix.c: unix_release_sock()" },
  contract = "unix-echo",
  world = "loop",
  matrix = { unread = { false, true } },
  run = function(t)
    local srv = t:start { role = "server" }
    local c = t.client:socket("c", "unix"):connect(srv):connected()
    c:send "hello":receives "hello"
    local queued = t.client:socket("queued", "unix"):connect(srv):connected()
    srv:freeze()
    if t.p.unread then c:send "nobody reads this" end
    t:expect(srv:queue()):is { waiting = 1 }
    srv:kill()
    if t.p.unread then c:reset() end
    c:reads_eof()
    queued:reset()
    -- the kernel's part: nobody hears, and nobody listens
    t:given(function()
      c:send("anybody?", { once = true }):fails "EPIPE"
      t.client:socket("late", "unix"):connect "echo.sock":fails "ECONNREFUSED"
    end)

    -- the promise of the contract: who was killed can come again, for his name is nobody's
    local again = t:start { role = "server", name = "again" }
    t.client:socket("d", "unix"):connect(again):connected():send "hello again":receives "hello again"
    again:stdout():line "waiting"
    again:stdout():line "connected"
  end,
}
