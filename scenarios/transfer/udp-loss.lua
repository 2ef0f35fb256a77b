-- SPDX-License-Identifier: MIT
-- what is lost; from where the client must ask again, in which request; how many requests that makes
local losses = {
  request = { { "client > server udp", nth = 1 }, 0, 2, 3 },
  ["first piece"] = { { "server > client udp", nth = 1 }, 0, 2, 3 },
  ["middle piece"] = { { "server > client udp", nth = 3 }, 2048, 2, 2 },
  ["last piece"] = { { "server > client udp", nth = 5 }, 4096, 3, 3 },
  ["all pieces"] = { { "server > client udp", times = 4 }, 0, 2, 3 },
  ["damaged piece"] = { { "server > client udp", nth = 3 }, 2048, 2, 2 },
}

return scenario {
  title = "A lost datagram is asked for again, and nothing that was not lost",
  why = [[
    Whatever is lost, the client alone can know: nothing new comes. It asks again from the first byte that is missing, with what came behind the
    hole kept, and the file is whole. A client that never asks again hangs; one that trusts the order writes what came behind the hole into it.
    A damaged datagram is a lost one: the receiving kernel compares the checksum and throws it away.
  ]],
  refs = { "udp(7)", "RFC 1122, 4.1.1", "RFC 768" },
  contract = "udp-resume",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, lost = { "request", "first piece", "middle piece", "last piece", "all pieces", "damaged piece" } },
  run = function(t)
    local bytes = t:bytes(5000)
    local loss, again, nth, requests = table.unpack(losses[t.p.lost])
    t:write_file("source_file", bytes)
    local srv = t:start { role = "server" }
    if t.p.lost == "damaged piece" then t.wire:corrupt(loss) else t.wire:drop(loss) end
    -- the one wait that is meant to be in vain is this long; nothing else may take that long on a busy machine
    local client = t:start { role = "client", address = srv:address().address, port = srv:port(), timeout = 500 }
    client:exits(0)
    client:stdout():exactly { "have 0 bytes", "nothing new within 500 ms, request " .. nth, "received 5000 bytes" }
    t:expect(t:file "destination_file"):is(bytes)
    srv:stdout():has(("request %d: 4 from %d\n"):format(nth, again))
    srv:flow(1):count("client > server udp", requests)
    srv:runs():sleeps()
  end,
}
