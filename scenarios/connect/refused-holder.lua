-- SPDX-License-Identifier: MIT
return scenario {
  title = "A holder whose connect is refused does not hold: it says so and fails",
  why = [[
    The first SYN is answered with RST, and connect returns -1 at once. A program that does not look sleeps for ever on a
    socket that has no peer, and nobody learns why. The other ports of a host do not help: only the one that was asked for
    counts.
  ]],
  refs = { "connect(2): ECONNREFUSED", "RFC 9293, 3.10.7.1" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    -- somebody listens, but on the port whose two bytes are swapped: 6000 is 0x1770, 28695 is 0x7017
    t.server:socket("elsewhere"):bind(t.server:address(28695)):listen(1)
    local address = t.server:address(6000).address
    local client = t:start { role = "client", address = address, port = 6000 }
    client:exits(1)
    client:stderr():line("cannot connect to " .. address .. " port 6000: ECONNREFUSED")
    client:stdout():exactly ""
    t:flow(6000):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
  end,
}
