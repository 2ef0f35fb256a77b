-- SPDX-License-Identifier: MIT
return scenario {
  title = "An answer counts only from the one that was asked",
  why = [[
    Whoever knows the port can send to it. A client with an unconnected socket that does not compare addresses shows a stranger's
    words as its server's; with a connected one the kernel lets nobody else in, and answers the stranger by ICMP. The
    server's host under another port is a stranger too.
  ]],
  refs = { "connect(2)", "recvfrom(2)", "udp(7)" },
  contract = "udp-echo",
  hosts = { "client", "server", "other" },
  matrix = { family = { "ipv4", "ipv6" }, stranger = { "another host", "another port" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(8888))
    local from = t.p.stranger == "another port" and "server" or "other"
    local x = t[from]:socket("x", "udp"):bind(t[from]:address(8889))
    local client = t:start { role = "client", address = t.server:address(8888).address, port = 8888 }
    client:stdin "the question"
    local bytes, _, more = s:receive()
    t:expect(bytes):is "the question"
    x:send("the question", { to = more.from })
    t.wire:idle()
    t:expect(client:stdout():text()):is ""
    s:send(bytes, { to = more.from })
    client:close_stdin():exits(0)
    client:stdout():exactly { "answer: the question" }
    t:flow(more.from.port):first(("client > %s icmp unreachable port"):format(from))
  end,
}
