-- SPDX-License-Identifier: MIT
return scenario {
  title = "An echo server survives clients that left before it accepted them",
  why = [[
    Four clients come while the server stands still, in different ways leave, and only then is the server let go. What the
    one that spoke at length and closed properly said is echoed into nothing: the first piece is answered with RST, and a later one gives
    EPIPE, and SIGPIPE to who does not ignore it. Neither that nor the one that reset may take the server with it.
    Afterwards a client that stays is served, and nobody's descriptor or process is left over.
  ]],
  refs = { "accept(2)", "RFC 9293, 3.10.7.4" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    -- room for little unsent: what is echoed to "spoken" cannot all be handed over before its RST arrives
    t.server:sysctl("net.ipv4.tcp_wmem", "4096 4096 4096")
    local srv = t:start()
    local first = t.client:socket("first"):connect(srv):connected():send "x":receives "x":shutdown "wr":reads_eof()
    srv:runs():sleeps()
    local sockets = srv:open_sockets():value()
    srv:freeze()
    t.client:socket("silent"):connect(srv):connected():close()
    t.client:socket("spoken"):connect(srv):connected():send(("hello, then gone"):rep(4096)):close()
    t.client:socket("reset"):connect(srv):connected():linger(0):close()
    local half = t.client:socket("half"):connect(srv):connected():send "anybody?":shutdown "wr"
    t:given(function() t:expect(srv:queue()):is { waiting = 4 } end)
    t.wire:idle()
    srv:thaw()
    srv:runs()
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
