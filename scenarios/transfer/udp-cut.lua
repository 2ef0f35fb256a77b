-- SPDX-License-Identifier: MIT
return scenario {
  title = "A download over UDP that was cut off leaves a beginning, and goes on behind it",
  why = [[
    The wire is cut when so many of the server's datagrams have crossed, one of them lost on the way in one case, and the client is killed. What it
    has written by then must be a beginning of the file: whole pieces, none missing between them. The next run asks from there, and only what is
    missing crosses the link. The server has noticed nothing at all.
  ]],
  refs = { "udp(7)", "write(2)" },
  contract = "udp-resume",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, pieces = { 0, 1, 6 }, lost = { 0, 1, 5 } },
  where = function(p) return p.lost == 0 or p.lost < p.pieces end,
  run = function(t)
    local size = 10 * 1024 + 100
    local bytes = t:bytes(size)
    t:write_file("source_file", bytes)
    local srv = t:start { role = "server" }
    local function fetch(name) return t:start { role = "client", name = name, address = srv:address().address, port = srv:port() } end

    -- lost: this one of the pieces that would have crossed
    local gate = t.p.lost > 0 and t.wire:drop { "server > client udp", nth = t.p.lost }
    if t.p.pieces > 0 then
      t.wire:cut { from = "server", after = t.p.pieces * (16 + 1024) }
    else
      t.wire:cut { from = "server" }
    end
    local cut_short = fetch "cut-short"
    local kept = 1024 * (t.p.lost > 0 and t.p.lost - 1 or t.p.pieces)
    -- a window of four that does not come whole is the last
    local windows = (t.p.lost == 1 or t.p.pieces < 4) and 1 or 2
    srv:flow(1):first("server > client udp", 4 * windows)
    t.wire:idle()
    if kept > 0 then t:expect(t:file "destination_file"):is(bytes:sub(1, kept)) end
    cut_short:kill()
    t:expect(#(t:read_file "destination_file" or "")):is(kept)
    if gate then t:expect(gate:acted()):is(1) end
    t.wire:mend()

    local whole = fetch "whole"
    whole:exits(0)
    whole:stdout():exactly { ("have %d bytes"):format(kept), ("received %d bytes"):format(size - kept) }
    t:expect(t:file "destination_file"):is(bytes)
    srv:flow(2):count("server > client udp", (size - kept + 1023) // 1024)
    srv:runs():sleeps()
  end,
}
