-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix seqpacket",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix-seqpacket"):bind "@packets":listen(4)
    local c = t.client:socket("c", "unix-seqpacket"):connect "@packets":connected()
    local s = l:accept "s"
    c:send "one":send "two":close()
    s:receives "one":receives "two"
    t:expect(#s:receive(10)):is(0)
  end,
}
