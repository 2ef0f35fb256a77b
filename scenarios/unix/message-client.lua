-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client's message on the socket is its length and its bytes, and a client that failed says so",
  why = [[
    What a program puts into the socket is what the other end must understand: the length in the byte order that was
    agreed, counting what was agreed. A client and a server of one hand agree on any mistake (both count a NUL, both
    use the machine's own order) and neither of them notices. connect can fail, and a client that does not look goes
    on with a socket that leads nowhere.
  ]],
  refs = { "connect(2)", "byteorder(3)" },
  contract = "unix-messages",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "messages.sock":listen(5)
    for i, text in ipairs { "hola mundo", "", ("x"):rep(65536), "ni\u{f1}o" } do
      t:start { role = "client", name = "client " .. i, message = text }:exits(0)
      l:accept("s" .. i):receives(string.pack(">s4", text)):reads_eof()
    end
    local long = t:start { role = "client", name = "too long", message = ("x"):rep(65537) }:exits(1)
    long:stderr():exactly { "cannot send: EMSGSIZE" }

    l:close()
    local refused = t:start { role = "client", name = "refused", message = "hello?" }:exits(1)
    refused:stderr():exactly { "cannot connect to messages.sock: ECONNREFUSED" }
    local nowhere = t:start { role = "client", name = "nowhere", path = "no.sock", message = "hello?" }:exits(1)
    nowhere:stderr():exactly { "cannot connect to no.sock: ENOENT" }
    refused:stdout():exactly ""
  end,
}
