-- SPDX-License-Identifier: MIT
return scenario {
  title = "Ephemeral ports: from which range, what happens when it is used up, and that it is counted for each peer",
  why = [[
    Port 0 asks for one of net.ipv4.ip_local_port_range. bind must find one that nobody has; when all are taken it gives EADDRINUSE. connect has more
    room: a port may serve connections to several peers at once, so with IP_BIND_ADDRESS_NO_PORT, or without bind, only connections to
    the same address and port compete. When these have used the range up, connect gives EADDRNOTAVAIL, which reads as if the
    address were wrong.
  ]],
  refs = { "ip(7): ip_local_port_range, IP_BIND_ADDRESS_NO_PORT", "connect(2): EADDRNOTAVAIL", "bind(2): EADDRINUSE",
    "net/ipv4/inet_hashtables.c: __inet_hash_connect()" },
  matrix = { family = { "ipv4", "ipv6" }, chosen_by = { "bind", "connect" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(16)
    local other = t.server:socket("other"):bind(t.server:address(6001)):listen(16)
    local mine = t.client:address(0)
    local function guest(name)
      local s = t.client:socket(name)
      if t.p.chosen_by == "connect" then s:option("IP_BIND_ADDRESS_NO_PORT", 1) end
      return s:bind(mine)
    end
    local function none_left(name)
      if t.p.chosen_by == "bind" then guest(name):fails "EADDRINUSE" else guest(name):connect(l):fails "EADDRNOTAVAIL" end
    end

    -- bind takes each of them once, in an order that is the kernel's own affair
    local FIRST, LAST = 30000, 30003
    t.client:sysctl("net.ipv4.ip_local_port_range", FIRST .. " " .. LAST)
    local used = {}
    for i = FIRST, LAST do used[t.client:socket("b" .. i):bind(mine):port()] = true end
    for port = FIRST, LAST do t:expect(used[port] or false):is(true) end
    t.client:socket("none-left"):bind(mine):fails "EADDRINUSE"

    -- a range of one port
    local ONLY = 30010
    t.client:sysctl("net.ipv4.ip_local_port_range", ONLY .. " " .. ONLY)
    local only = guest "only"
    t:expect(only:port()):is(t.p.chosen_by == "bind" and ONLY or 0)
    only:connect(l):connected()
    t:expect(only:port()):is(ONLY)
    none_left "second"
    if t.p.chosen_by == "connect" then
      local elsewhere = guest("elsewhere"):connect(other):connected()
      t:expect(elsewhere:port()):is(ONLY)
      elsewhere:linger(0):close()
    end
    -- a connection that ends without TIME_WAIT gives its port back
    only:linger(0):close()
    local next = guest("next"):connect(l):connected()
    t:expect(next:port()):is(ONLY)
  end,
}
