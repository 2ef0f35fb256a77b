-- SPDX-License-Identifier: MIT
local function get(count, sequence, offset) return string.pack(">c1BI2I4I8", "G", count, 0, sequence, offset) end
local function data(bytes, offset, sequence, mark)
  local payload = bytes:sub(offset + 1, offset + 1024)
  return string.pack(">c1BI2I4I8", "D", mark, #payload, sequence, offset) .. payload
end

return scenario {
  title = "A file grows by what joins onto it, in whatever order the pieces come",
  why = [[
    The pieces of a window are sent last first, then some twice, then some that nobody asked for. The size of the file is what the next run
    goes by: a client that writes each piece at its place at once leaves holes that look like data when it is
    killed. A piece that came before is answered by nothing, or each doubled datagram doubles all that follow it (RFC 1123
    calls the like in TFTP the sorcerer's apprentice). A full window asks for the next, and once.
  ]],
  refs = { "RFC 1123, 4.2.3.1", "udp(7)" },
  contract = "udp-resume",
  hosts = { "client", "server", "other" },
  matrix = { family = { "ipv4", "ipv6" }, ["then"] = { "goes on", "killed" } },
  run = function(t)
    local bytes = t:bytes(5000)
    local s = t.server:socket("s", "udp"):bind(t.server:address(5001))
    local x = t.other:socket("x", "udp"):bind(t.other:address(5001))
    -- a timeout that never comes: how long the pieces take is the machine's business
    local client = t:start { role = "client", address = t.server:address(5001).address, port = 5001, timeout = 600000 }
    local request, _, more = s:receive()
    t:expect(request):is(get(4, 1, 0))
    local function send(datagram) s:send(datagram, { to = more.from }) end
    local function size() return #(t:read_file "destination_file" or "") end

    send(data(bytes, 3072, 1, 0))
    send(data(bytes, 1024, 1, 0))
    send(data(bytes, 1024, 1, 0))
    t.wire:idle()
    t:expect(size()):is(0)
    -- none of these is a piece that is wanted
    local piece = data(bytes, 0, 1, 0)
    for _, words in ipairs { "", "D", piece:sub(1, 100), piece .. "x", "X" .. piece:sub(2), data(bytes, 0, 0, 0), data(bytes, 0, 2, 0),
      data(bytes, 4096, 1, 0), data(bytes, 1, 1, 0), data(bytes:sub(1, 500), 0, 1, 0) } do send(words) end
    x:send(data(("?"):rep(1024), 0, 1, 0), { to = more.from })
    t.wire:idle()
    t:expect(size()):is(0)
    s:reads_nothing()
    send(piece)
    t:expect(t:file "destination_file"):is(bytes:sub(1, 2048))
    if t.p["then"] == "killed" then
      client:kill()
      t:expect(t:file "destination_file"):is(bytes:sub(1, 2048))
      s:reads_nothing()
    else
      send(data(bytes, 2048, 1, 0))
      s:receives(get(4, 2, 4096))
      t:expect(t:file "destination_file"):is(bytes:sub(1, 4096))
      -- a late one again, then the rest, as an answer to the first request: right all the same
      send(data(bytes, 2048, 1, 0))
      s:reads_nothing()
      send(data(bytes, 4096, 1, 1))
      client:exits(0)
      client:stdout():exactly { "have 0 bytes", "received 5000 bytes" }
      t:expect(t:file "destination_file"):is(bytes)
    end
    t:flow(5001):count("client > server udp", t.p["then"] == "killed" and 1 or 2)
  end,
}
