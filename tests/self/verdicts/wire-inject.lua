-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "wire inject",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t.wire:inject { flow = c.flow, from = "client", flags = "R." }
    s:reset():state "CLOSED"
    -- the client did not send it
    c:state "ESTABLISHED"

    local u = t.server:socket("u", "udp"):bind(t.server:address(6001))
    local d = t.client:socket("d", "udp"):connect(u):connected():send "hello"
    u:receives "hello"
    t.wire:inject { flow = d.flow, from = "server", payload = "nobody's answer" }
    d:receives "nobody's answer"
    d.flow:exactly [[
      client > server  udp "hello"
      server > client  udp "nobody's answer"
    ]]
  end,
}
