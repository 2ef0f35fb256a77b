-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: pattern: column 24: "Q" is no flags, nor data, udp or icmp; flags are letters of S F R P U E W and '.', or none
return scenario {
  title = "error pattern syntax",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  Q --<-
    ]]
  end,
}
