-- SPDX-License-Identifier: MIT
return scenario {
  title = "Datagrams that overtake each other are read in the order of arrival",
  why = [[
    The receiver's kernel hands over what came first, first, whatever was sent first: there is no number that it could sort by.
    A stream through the same link would be put in order again. Nothing is lost and nothing is told.
  ]],
  refs = { "udp(7)", "RFC 768" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    local swap = t.wire:reorder { "client > server udp", nth = 2 }
    c:send "one":send "two":send "three":send "four"
    s:receives "one":receives "three":receives "two":receives "four":reads_nothing()
    t:expect(swap:acted()):is(1)

    -- late by far: held back while others pass
    local late = t.wire:hold { 'client > server udp "five"' }
    c:send "five":send "six"
    t:expect(late:held()):is(1)
    s:receives "six":reads_nothing()
    late:release()
    s:receives "five"
  end,
}
