-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that does not read holds up nobody else",
  why = [[
    One client sends and sends and takes nothing back, until every buffer on the way is full. A server that waits in send for
    that one has stopped for all: in a loop over poll or select every call must be one that does not wait, send too. Processes
    and threads may wait, each for its own client. When the slow one reads at last, it has lost nothing.
  ]],
  refs = { "send(2)", "poll(2)", "fcntl(2): O_NONBLOCK", "RFC 9293, 3.8.6" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_wmem", "4096 16384 65536")
    local srv = t:start()
    srv:runs():sleeps()
    local sockets = srv:open_sockets():value()
    local bytes = t:bytes(256 * 1024)
    local slow = t.client:socket("slow"):option("SO_RCVBUF", 4096):connect(srv):connected()
    slow:send(bytes)
    srv:runs():sleeps()
    local quick = t.client:socket("quick"):connect(srv):connected()
    quick:send "how are you?":receives "how are you?"
    quick:shutdown "wr":reads_eof()
    srv:sees(slow, "ESTABLISHED")
    slow:receives(bytes):shutdown "wr":reads_eof()
    slow.flow:never "R"
    quick.flow:never "R"
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(sockets)
  end,
}
