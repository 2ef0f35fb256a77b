-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "hosts addresses",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local more = t.family == "ipv6" and "2001:db8::99" or "192.0.2.99"
    t.server:add_address(more)
    local one = t.server:socket("one"):bind { address = more, port = 6000 }:listen(1)
    local c = t.client:socket("c"):connect { address = more, port = 6000 }:connected()
    one:accept("s"):send "from 99"
    c:receives "from 99"
    t.client:socket("d"):connect(t.server:address(6000)):fails "ECONNREFUSED"
  end,
}
