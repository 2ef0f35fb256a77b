-- SPDX-License-Identifier: MIT
return scenario {
  title = "A message of 60000 bytes goes to a server that is slow to read it, and its answer comes back",
  why = [[
    The receiver's buffer is small and it reads nothing at first, so the sender soon finds no room: a send that waits takes
    its time, one that does not wait takes a part, and the rest is the sender's to send again. Every byte must come, in both
    directions, to a program whose buffer grows with the message.
  ]],
  refs = { "send(2)", "RFC 9293, 3.8.6" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, role = { "client", "server" } },
  run = function(t)
    -- less than a pipe holds: it is on the program's standard input in one piece
    local message = t:bytes(60000):gsub("\n", " ")
    if t.p.role == "client" then
      t.client:sysctl("net.ipv4.tcp_wmem", "4096 16384 16384")
      local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(12345)):listen(1)
      local client = t:start { role = "client", address = t.server:address(0).address }
      local s = l:accept "s"
      client:stdin(message)
      client:runs():sleeps()
      s:receives(message .. "\n")
      s:send(message .. "\n")
      client:stdout():line("answer: " .. message)
      client:exits(0)
    else
      local srv = t:start()
      local c = t.client:socket("c"):option("SO_RCVBUF", 4096):connect(srv):connected()
      c:send(message .. "\n")
      srv:stdout():line("message: " .. message)
      srv:stdin(message)
      srv:runs():sleeps()
      c:receives(message .. "\n"):reads_eof():close()
      srv:exits(0)
      c.flow:never "R"
    end
  end,
}
