-- SPDX-License-Identifier: MIT
return scenario {
  title = "A segment that was damaged on the way is not even answered",
  why = [[
    One byte of the data is changed and the checksum no longer fits. The receiver's kernel drops the segment without a word, for it cannot know whose
    it was, and counts it; the sender repeats it as if it had been lost. The program gets the right bytes, late.
  ]],
  refs = { "RFC 9293, 3.1: Checksum", "RFC 1122, 4.2.2.7", "nstat(8): TcpInCsumErrors" },
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire", "program:nstat" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local damaged = t.wire:corrupt { "client > server data", times = 1 }
    c:send "hello"
    s:receives "hello":reads_nothing()
    t:expect(damaged:acted()):is(1)
    t:expect(s:info()):is { bytes_received = 5 }
    t:expect(c:info():value().total_retransmitted):at_least(1)
    local counters = t.server:run { "nstat", "-az", "TcpInCsumErrors", name = "counters" }
    counters:exits(0)
    counters:stdout():has "TcpInCsumErrors                 1"
  end,
}
