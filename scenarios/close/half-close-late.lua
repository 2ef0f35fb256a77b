-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that reads late still hears all",
  why = [[
    The client has a small receive buffer, sends 256 KiB and its FIN, and reads nothing meanwhile. The echo soon finds no room: a
    blocking send waits, a non-blocking one takes only part or gives EAGAIN, and the server has to keep the rest. When the client reads at
    last, every byte must come. A server that takes it that send took everything leaves holes.
  ]],
  refs = { "send(2)", "RFC 9293, 3.8.6" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local bytes = t:bytes(256 * 1024)
    local c = t.client:socket("c"):option("SO_RCVBUF", 4096):connect(srv):connected()
    c:send(bytes):shutdown "wr"
    srv:sleeps()
    c:receives(bytes):reads_eof()
    c.flow:never "R"
    srv:runs()
  end,
}
