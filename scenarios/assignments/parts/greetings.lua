-- SPDX-License-Identifier: MIT
return scenario {
  title = "Three clients at one server, program against program: each prints the greeting and is done",
  why = [[
    Two programs of one mind may agree on a mistake, and two that pass alone may not fit: here a whole conversation is theirs.
  ]],
  refs = { "fork(2)" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start { role = "server" }
    for i = 1, 3 do
      local client = t:start { role = "client", name = "client " .. i, address = srv:address().address, port = srv:port() }
      client:exits(0)
      client:stdout():exactly "This is a test string from server!\n"
      t:flow(srv:port(), i):never "R"
    end
    srv:runs()
  end,
}
