-- SPDX-License-Identifier: MIT
local WHO = {
  ipv4 = { broadcast = "192.0.2.255", limited = "255.255.255.255", multicast = "224.0.0.1" },
  ipv6 = { multicast = "ff02::1" },
}

return scenario {
  title = "A connection is with one: TCP to a broadcast or multicast address fails",
  why = [[
    TCP refuses before it sends anything: ENETUNREACH, which says nothing of why. A UDP socket may be connected to a multicast address,
    and to a broadcast address once SO_BROADCAST is set; without, connect gives EACCES.
  ]],
  refs = { "connect(2): EACCES", "socket(7): SO_BROADCAST", "RFC 1122, 4.2.3.10", "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" },
  matrix = { family = { "ipv4", "ipv6" }, who = { "broadcast", "limited", "multicast" } },
  where = function(p) return WHO[p.family][p.who] ~= nil end,
  run = function(t)
    local all = { address = WHO[t.family][t.p.who], port = 6000 }
    t.client:socket("c"):connect(all):fails "ENETUNREACH"
    t:expect(t.client:count "SYN_SENT"):is(0)
    if t.p.who == "broadcast" then
      local u = t.client:socket("u", "udp"):connect(all):fails "EACCES"
      u:option("SO_BROADCAST", 1):connect(all):connected()
    end
    t:quiet(5)
  end,
}
