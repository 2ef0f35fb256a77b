-- SPDX-License-Identifier: MIT
return scenario {
  title = "Segments out of order are put in order, a repeated one is delivered once",
  why = [[
    IP may change the order of packets and may deliver one twice. Numbers tell: what comes too early waits for what is missing, and the
    receiver says at once which byte that is; what was there before is thrown away and acknowledged again. The program
    reads the stream.
  ]],
  refs = { "RFC 9293, 3.4, 3.10.7.4", "RFC 2883" },
  matrix = { family = { "ipv4", "ipv6" }, fault = { "reorder", "duplicate" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local bytes = t:bytes(4000)
    local gate
    if t.p.fault == "reorder" then
      gate = t.wire:reorder { "client > server data", times = 1 }
    else
      gate = t.wire:duplicate { "client > server data", copies = 3, times = 1 }
    end
    c:send(bytes)
    s:receives(bytes):reads_nothing()
    t:expect(gate:acted()):is(1)
    t:expect(s:info()):is { bytes_received = 4000 }
    t:expect(c.flow:bytes "client > server"):is(4000)
    -- the answer to a segment that was not the next one
    if t.p.fault == "reorder" then c.flow:first "server > client . ack 1" end
  end,
}
