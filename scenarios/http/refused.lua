-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client whose connect is refused says so; one whose name has two addresses tries the second",
  why = [[
    Nobody listens at the first address: the SYN is answered with RST, and connect() says so. Who does not look goes on with a socket that
    has no peer. A name may have several addresses so that another can be tried, on a socket of its own.
  ]],
  refs = { "connect(2): ECONNREFUSED", "getaddrinfo(3)", "RFC 9110, 7.2" },
  contract = "http-get",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local alone = t:start { role = "client", name = "alone", address = t.server:address(81).address, port = 81, path = "/" }
    alone:exits(1)
    alone:stderr():exactly { "cannot connect: ECONNREFUSED" }
    alone:stdout():exactly ""
    t:flow(81):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]

    t.client:hosts { t.client:address(0).address .. " shop.test", t.server:address(0).address .. " shop.test" }
    t:write_file("index.html", "hello\n")
    local server = t:start { role = "server" }
    local second = t:start { role = "client", name = "second", address = "shop.test", port = server:port(), path = "/" }
    second:exits(0)
    second:stdout():exactly "hello\n"
    local request = t:flow(server:port()):stream "client > server"
    t:expect(request:match "\r\n[Hh][Oo][Ss][Tt]: *([^\r]*)"):is("shop.test:" .. server:port())
  end,
}
