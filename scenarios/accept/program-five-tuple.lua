-- SPDX-License-Identifier: MIT
local function rows(t, port)
  local listener, connection
  for _, row in ipairs(t.server:sockets():value()) do
    if row.local_port == port and row.state == "LISTEN" then listener = row end
    if row.local_port == port and row.state == "ESTABLISHED" then connection = row end
  end
  return listener, connection
end

return scenario {
  title = "The kernel knows both ends of a connection before accept does",
  why = [[
    Courses draw a table in which the socket that accept returns has no remote end until accept fills it in. It is the other
    way round: the kernel completes the handshake alone, and the connection stands with all of its five-tuple (protocol, both
    addresses, both ports) while the program has not called accept yet. It only has no descriptor, so no inode. accept gives
    it one and hands out the name; it changes nothing on the wire and nothing in the listener, which never has a remote end.
    The listener waits on every address; the connection has the one that the client asked for.
  ]],
  refs = { "accept(2)", "sock_diag(7)", "RFC 9293, 3.3.1", "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
  contract = "tcp-holder",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    srv:freeze()
    local c = t.client:socket("c"):connect(srv):connected()
    t.wire:idle()

    local listener, connection = rows(t, srv:port())
    local listens = listener.inode
    local tuple = { local_address = t.server:address(0).address, local_port = srv:port(),
      remote_address = t.client:address(0).address, remote_port = c:port() }
    t:given(function()
      t:expect(listener):is { remote_port = 0, receive_queue = 1, send_queue = 5 }
      local nobody = t.family == "ipv6" and { ["::"] = true } or { ["::"] = true, ["0.0.0.0"] = true }
      t:expect(nobody[listener.local_address] and nobody[listener.remote_address]):is(true)
      t:expect(connection):is(tuple)
      t:expect(connection.inode == 0):is(true)
      t:expect(srv:open_sockets()):is(1)
    end)

    srv:thaw()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():has("connected from " .. name:match "^(.*):")
    srv:stdout():line("connected from " .. name)
    t:expect(srv:queue()):is { waiting = 0, limit = 5 }
    t:expect(srv:open_sockets()):is(2)
    local after, accepted = rows(t, srv:port())
    t:given(function()
      t:expect(after):is { remote_port = 0, receive_queue = 0 }
      t:expect(after.inode == listens):is(true)
      t:expect(accepted):is(tuple)
      t:expect(accepted.inode ~= 0 and accepted.inode ~= listens):is(true)
    end)
    c.flow:shape [[
      client > server  S
      server > client  S.
    ]]
    srv:stdout():exactly { "listening on port " .. srv:port(), "connected from " .. name }
  end,
}
