-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_REUSEPORT: several listeners on one port, and each connection goes to one of them",
  why = [[
    When all of them have set it before bind, any number of sockets may listen on one port. The kernel gives each new connection to one listener by
    a hash of its addresses and ports: over many clients everybody gets some, which one gets whom cannot be said. One that has not set the
    option is kept out, whether it comes second or was first; SO_REUSEADDR is no substitute.
  ]],
  refs = { "socket(7): SO_REUSEPORT", "net/core/sock_reuseport.c: reuseport_select_sock()" },
  matrix = { family = { "ipv4", "ipv6" }, first = { 0, 1 }, second = { 0, 1 } },
  run = function(t)
    local address = t.server:address(6000)
    local a = t.server:socket("a"):option("SO_REUSEADDR", 1):option("SO_REUSEPORT", t.p.first):bind(address):listen(64)
    local b = t.server:socket("b"):option("SO_REUSEADDR", 1):option("SO_REUSEPORT", t.p.second):bind(address)
    if t.p.first == 0 or t.p.second == 0 then
      b:fails "EADDRINUSE"
      t:expect(t.server:count "LISTEN"):is(1)
      t.client:socket("c"):connect(a):connected()
      t:expect(a:queue()):is { waiting = 1 }
      return
    end
    b:listen(64)
    -- both rows are alike but for their inodes: what each has is told by accept
    t:expect(t.server:count "LISTEN"):is(2)
    local CLIENTS = 32
    for i = 1, CLIENTS do t.client:socket("c" .. i):connect(address):connected() end
    local waiting = {}
    for _, row in ipairs(t.server:sockets():value()) do
      if row.state == "LISTEN" then waiting[#waiting + 1] = row.receive_queue end
    end
    -- that one of them gets none happens once in 2^31 runs
    t:expect(math.min(table.unpack(waiting))):at_least(1)
    t:expect(waiting[1] + waiting[2]):is(CLIENTS)
    t:expect(t.server:count "ESTABLISHED"):is(CLIENTS)
  end,
}
