-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that is refused prints no greeting and reports failure",
  why = [[
    After a connect that failed, recv on the socket fails too (ENOTCONN), and a program that looks at neither prints what its
    buffer holds: nothing, or what the stack left there. The exit status is all that a script sees of it.
  ]],
  refs = { "connect(2): ECONNREFUSED", "recv(2): ENOTCONN", "RFC 9293, 3.10.7.1" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local address = t.server:address(3490).address
    local client = t:start { role = "client", address = address }
    client:exits(1)
    client:stderr():line("cannot connect to " .. address .. " port 3490: ECONNREFUSED")
    client:stdout():exactly ""
    t:flow(3490):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
  end,
}
