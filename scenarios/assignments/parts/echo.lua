-- SPDX-License-Identifier: MIT
return scenario {
  title = "What one client says comes back to it",
  why = [[
    The least that an echo server does. It is a test of its own so that a server with one fault loses the points of that fault,
    and not those of everything that a longer conversation asks for.
  ]],
  refs = { "RFC 862" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "hello":receives "hello"
    srv:runs()
  end,
}
