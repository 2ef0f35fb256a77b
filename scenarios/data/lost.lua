-- SPDX-License-Identifier: MIT
return scenario {
  title = "A lost segment is sent again, and nobody above notices",
  why = [[
    One segment of several disappears on the wire. What comes behind it waits in the receiver's kernel, out of order, and is not given to the program
    before the gap is filled: the receiver repeats the ACK of the byte that it misses, the sender sends that segment again. When the
    last one is lost nobody can tell but by time.
  ]],
  refs = { "RFC 9293, 3.8.1", "RFC 6298", "RFC 8985", "RFC 2018" },
  matrix = { family = { "ipv4", "ipv6" }, which = { 1, 2, 3 } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local bytes = t:bytes(4000)
    local lost = t.wire:drop { "client > server data", nth = t.p.which }
    c:send(bytes)
    s:receives(bytes):reads_nothing()
    t:expect(lost:acted()):is(1)
    t:expect(c:info():value().total_retransmitted):at_least(1)
    t:expect(c.flow:bytes "client > server"):is(4000)
    t:expect(s:info()):is { bytes_received = 4000 }
    c.flow:count("client > server data", { min = 4, repeats = true })
  end,
}
