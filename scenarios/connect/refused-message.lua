-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that has nobody to talk to does not ask for a message",
  why = [[
    The refusal is known when connect returns. A client that goes on asks its user for a line, sends it into a socket without
    a peer, and learns of it there at best: by SIGPIPE. And one that prints an error but exits with 0 has told the user, not
    the script.
  ]],
  refs = { "connect(2): ECONNREFUSED", "send(2): EPIPE", "exit(3)" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local address = t.server:address(0).address
    local client = t:start { role = "client", address = address }
    client:exits(1)
    client:stderr():line("cannot connect to " .. address .. " port 12345: ECONNREFUSED")
    client:stdout():exactly ""
    t:flow(12345):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
  end,
}
