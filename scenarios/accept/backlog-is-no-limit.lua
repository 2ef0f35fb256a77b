-- SPDX-License-Identifier: MIT
return scenario {
  title = "The backlog limits who waits to be accepted, not who is served",
  why = [[
    listen(fd, 1) is often read as "one client at a time" or "no more than one client". It says how many finished connections
    the kernel keeps while nobody calls accept; every accept makes room again. A server told a backlog of 1 serves five
    clients at once. A server that counts its clients and turns the rest away has misread the manual.
  ]],
  refs = { "listen(2)", "accept(2)" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" }, backlog = { 0, 1 } },
  run = function(t)
    local srv = t:start { backlog = t.p.backlog }
    t:expect(srv:queue()):is { waiting = 0, limit = t.p.backlog }
    local clients = {}
    for i = 1, 5 do
      clients[i] = t.client:socket("c" .. i):connect(srv):connected():send("hello " .. i):receives("hello " .. i)
      t:expect(srv:queue()):is { waiting = 0, limit = t.p.backlog }
    end
    for i = 1, 5 do
      clients[i]:send("again " .. i):receives("again " .. i)
      clients[i].flow:never "R"
    end
    srv:runs():sleeps()
    t:expect(t.server:count "ESTABLISHED"):is(5)
  end,
}
