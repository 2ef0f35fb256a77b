-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that only holds its client sleeps, and what the client sends piles up unread",
  why = [[
    "Do nothing for ever" written as an empty loop burns a whole processor; pause(2) costs nothing. Nothing else tells the two
    apart from outside: the kernel answers for both. What the client sends is acknowledged and waits in the receive queue;
    when the client ends, the kernel acknowledges that too, and the server's side stays in CLOSE_WAIT until somebody closes
    it. So does the client's, in FIN_WAIT2, for as long as it holds the socket.
  ]],
  refs = { "pause(2)", "tcp(7)", "RFC 9293, 3.6" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line("connected from " .. name)
    srv:runs():sleeps()

    local unread = 0
    for _, n in ipairs { 1, 999, 9000 } do
      c:send(t:bytes(n))
      unread = unread + n
      t.wire:idle()
      t:expect(t.server:sockets()):is { { state = "LISTEN" }, { state = "ESTABLISHED", receive_queue = unread } }
    end

    c:shutdown "wr"
    srv:sees(c, "CLOSE_WAIT")
    c:reads_nothing()
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(2)
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data 10000 bytes
      client > server  F.
    ]]
    srv:stdout():exactly { "listening on port " .. srv:port(), "connected from " .. name }
  end,
}
