-- SPDX-License-Identifier: MIT
return scenario {
  title = "The message quit ends the server, and the server takes its name along",
  why = [[
    A server that ends owes the file system the name that bind made: nobody else removes it. Only the message "quit",
    all of it and nothing else, may end it. Who waits in its queue then is reset; who comes later finds no file
    (ENOENT), not a name with nobody behind it (ECONNREFUSED). And the next server can start.
  ]],
  refs = { "unix(7)", "unlink(2)" },
  contract = "unix-messages",
  needs = { "program:/bin/ls" },
  world = "loop",
  run = function(t)
    local srv = t:start { role = "server" }
    local c = t.client:socket("c", "unix"):connect(srv):connected()
    -- in one piece: who ends at the first must not make the next send fail
    local almost = ""
    for _, text in ipairs { "quitting", "qui", "Quit", "quit\n", "quit\0" } do almost = almost .. string.pack(">s4", text) end
    c:send(almost)
    srv:stdout():line [[quit\x00]]
    srv:runs():sleeps()
    local queued = t.client:socket("queued", "unix"):connect(srv):connected()

    c:send(string.pack(">s4", "quit"))
    srv:exits(0)
    srv:stdout():exactly { "quitting", "qui", "Quit", [[quit\x0a]], [[quit\x00]], "quit" }
    srv:stderr():exactly ""
    queued:reset()
    t.client:socket("late", "unix"):connect "messages.sock":fails "ENOENT"
    t.client:run { "/bin/ls", name = "ls" }:exits(0):stdout():exactly ""

    local again = t:start { role = "server", name = "again" }
    t:start { role = "client", message = "quit" }:exits(0)
    again:exits(0)
    again:stdout():exactly { "quit" }
  end,
}
