-- SPDX-License-Identifier: MIT
return scenario {
  title = "A name with two addresses: refused at the first, the client reaches the second",
  why = [[
    A name may stand for several addresses, and getaddrinfo gives the IPv6 one first where both families can be used. Here the
    server knows only IPv4: the first SYN is refused, and the client has to go on. Not with the same socket: its family is
    wrong for the next address, and even where it is not POSIX leaves unspecified what a socket is good for after its connect
    has failed.
  ]],
  refs = { "getaddrinfo(3)", "connect(2), NOTES", "RFC 6724, 6", "RFC 8305, 2" },
  contract = "tcp-greeter",
  run = function(t)
    t.client:hosts { "127.0.0.1 localhost", "2001:db8::2 greeter.test", "192.0.2.2 greeter.test" }
    local l = t.server:socket("l", "tcp", "ipv4"):bind(t.server:address(3490, "ipv4")):listen(1)
    local client = t:start { role = "client", address = "greeter.test" }
    client:runs()
    l:accept "s":send "hello over IPv4\n":close()
    client:exits(0)
    client:stdout():exactly "hello over IPv4\n"
    client:stderr():exactly ""
    t:flow(3490, 1):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
    t:flow(3490, 2):shape [[
      client > server  S
      server > client  S.
      server > client  data "hello over IPv4\n"
      server > client  F.
      client > server  F.
    ]]
  end,
}
