-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c.flow: packet 2: server > client icmp unreachable port where icmp unreachable host was expected (line 2 of the pattern)
return scenario {
  title = "fail icmp",
  run = function(t)
    local c = t.client:socket("c", "udp"):connect(t.server:address(6000)):connected():send "hello"
    t.wire:idle()
    c:send("again", { once = true }):fails "ECONNREFUSED"
    c.flow:exactly [[
      client > server  udp "hello"
      server > client  icmp unreachable host --<-
    ]]
  end,
}
