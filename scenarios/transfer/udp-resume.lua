-- SPDX-License-Identifier: MIT
local WINDOW = 4 * 1024

return scenario {
  title = "A download over UDP goes on at the first byte that is missing",
  why = [[
    The client has the first bytes of the file already: none, half of them, all but one, all, or more than there are. It asks from its own size,
    so only what is missing crosses the link. One byte more or less in the offset, on either side, shows in the file; so does
    a client that empties the file before it asks for the rest, or appends the whole of it to a part. Sizes are about the piece of
    1024 bytes and the window of four: a file that ends where a piece or a window ends still needs its end mark.
  ]],
  refs = { "RFC 1122, 4.1.1", "udp(7)" },
  contract = "udp-resume",
  matrix = { family = { "ipv4", "ipv6" }, size = { 0, 1, 1024, 4096, 5000, 20480 }, offset = { "0", "middle", "size-1", "size", "size+1" } },
  where = function(p)
    if p.offset == "middle" or p.offset == "size-1" then return p.size > 2 end
    return not (p.size == 0 and p.offset == "0") -- the same as "size"
  end,
  run = function(t)
    local size = t.p.size
    local bytes = t:bytes(size)
    local kept = ({ ["0"] = 0, middle = size // 2, ["size-1"] = size - 1, size = size, ["size+1"] = size + 1 })[t.p.offset]
    t:write_file("source_file", bytes)
    local partial = bytes:sub(1, kept) .. (kept > size and "!" or "")
    if kept > 0 then t:write_file("destination_file", partial) end
    local srv = t:start { role = "server" }
    local client = t:start { role = "client", address = srv:address().address, port = srv:port() }
    local flow = srv:flow(1)
    t:given(function() srv:stdout():has "request 1: " end)
    t:expect(srv:stdout():text():match "request 1: ([^\n]*)"):is(("4 from %d%s"):format(kept, kept > size and ": past the end" or ""))
    if kept > size then
      client:exits(1)
      client:stdout():exactly { ("have %d bytes"):format(kept), "refused: past the end" }
      flow:count("client > server udp", 1)
      t:expect(t:file "destination_file"):is(partial)
    else
      client:exits(0)
      client:stdout():exactly { ("have %d bytes"):format(kept), ("received %d bytes"):format(size - kept) }
      t:expect(t:file "destination_file"):is(bytes)
      -- an end that is there to be seen in a last, empty piece is no reason to ask again; a rest of nothing is one piece
      flow:count("client > server udp", math.max(1, (size - kept + WINDOW - 1) // WINDOW))
      flow:count("server > client udp", math.max(1, (size - kept + 1023) // 1024))
    end
    srv:runs():sleeps()
  end,
}
