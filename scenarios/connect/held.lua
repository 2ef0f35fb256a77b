-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that only holds its connection says nothing and sleeps",
  why = [[
    connect is a promise about the handshake and no more: the connection then stands for days without a packet. A client that
    waits in an empty loop looks the same on the wire and costs a processor. What it is sent, and even that the server has
    ended, its kernel takes note of alone: who does not read does not know.
  ]],
  refs = { "connect(2)", "pause(2)", "RFC 9293, 3.8.4" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local client = t:start { role = "client", address = t.server:address(6000).address, port = 6000, word = "hello" }
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.server:address(0).address, 6000)
    client:stdout():line("connected to " .. name)
    client:stdout():line "holding hello"
    local s = l:accept "s"
    client:runs():sleeps()
    s:reads_nothing():state "ESTABLISHED"
    -- it does not look either: what it is sent stays with its kernel
    s:send "are you there?"
    t.wire:idle()
    t:expect(t.client:sockets()):is { { state = "ESTABLISHED", remote_port = 6000, receive_queue = 14 } }
    client:runs():sleeps()
    t:expect(s:info()):is { bytes_received = 0, bytes_acked = 14 }
    -- an end from the server does not end it
    s:shutdown "wr"
    client:runs():sleeps()
    t:flow(6000):shape [[
      client > server  S
      server > client  S.
      server > client  data "are you there?"
      server > client  F.
    ]]
    client:stdout():exactly { "connected to " .. name, "holding hello" }
  end,
}
