-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client whose connect is refused says so and fails",
  why = [[
    Nobody listens. A client that does not look at what connect returned goes on with a socket that has no peer: it
    asks, hears nothing, and may report success with an empty file. The exit status must tell a script.
  ]],
  refs = { "connect(2): ECONNREFUSED" },
  contract = "tcp-resume",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local client = t:start { role = "client", address = t.server:address(5001).address, port = 5001 }
    client:exits(1)
    t:flow(5001):exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
    t:expect(t:file "destination_file"):is(nil)
  end,
}
