-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "udp and icmp",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):send "hello":send "":send "world"
    s:receives "hello":receives "":receives "world"
    s:close()
    t.wire:idle()
    c:send "anybody?"
    t.wire:idle()
    c:send("again", { once = true }):fails "ECONNREFUSED"
    c.flow:exactly [[
      client > server  udp "hello"
      client > server  udp ""
      client > server  udp "world"
      client > server  udp "anybody?"
      server > client  icmp unreachable port
    ]]
  end,
}
