-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that is killed while it holds its connection: FIN, or RST when it had not read",
  why = [[
    A signal leaves a program no time for close(2): its kernel does it. The server then reads the end, as of a client that
    said good-bye: TCP has no word for "I crashed". Unless bytes were left unread: then the kernel says RST, as it does for
    every close that throws received data away.
  ]],
  refs = { "signal(7)", "RFC 9293, 3.6", "RFC 2525, 2.17", "net/ipv4/tcp.c: __tcp_close()" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" }, unread = { 0, 14 } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local client = t:start { role = "client", address = t.server:address(6000).address, port = 6000 }
    client:stdout():line "holding hello"
    local s = l:accept "s"
    s:send(("?"):rep(t.p.unread))
    t.wire:idle()
    client:runs():sleeps()
    client:signal "KILL":killed_by "SIGKILL"
    if t.p.unread == 0 then
      s:reads_eof():state "CLOSE_WAIT"
      t:flow(6000):never "R"
      t:flow(6000):count("client > server F", 1)
    else
      s:reset():state "CLOSED"
      t:flow(6000):never "F"
      t:flow(6000):count("client > server R.", 1)
    end
    t:flow(6000):never "client > server data"
  end,
}
