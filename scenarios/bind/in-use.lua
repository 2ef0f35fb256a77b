-- SPDX-License-Identifier: MIT
local A, B = { ipv4 = "192.0.2.2", ipv6 = "2001:db8::2" }, { ipv4 = "192.0.2.22", ipv6 = "2001:db8::22" }
local ANY = { ipv4 = "0.0.0.0", ipv6 = "::" }
-- the first has it; the second wants it
local PAIRS = {
  ["the same address"] = { A, A, "EADDRINUSE" },
  ["another address"] = { A, B },
  ["one, then any"] = { A, ANY, "EADDRINUSE" },
  ["any, then one"] = { ANY, A, "EADDRINUSE" },
}

return scenario {
  title = "A port is taken for an address: who gets EADDRINUSE",
  why = [[
    Two sockets may have one port when their addresses differ and neither is the any address, which overlaps with all. It is bind that fails, and the
    socket may bind elsewhere afterwards. TCP and UDP have ports of their own. What was bound and never listened is in the way as
    well, as long as its descriptor is open.
  ]],
  refs = { "bind(2): EADDRINUSE", "ip(7)", "net/ipv4/inet_connection_sock.c: inet_csk_bind_conflict()" },
  matrix = { family = { "ipv4", "ipv6" }, protocol = { "tcp", "udp" }, listens = { true, false },
    pair = { "the same address", "another address", "one, then any", "any, then one" } },
  where = function(p) return p.protocol == "tcp" or not p.listens end,
  run = function(t)
    local first_at, second_at, errno = table.unpack(PAIRS[t.p.pair])
    t.server:add_address(B[t.family])
    local first = t.server:socket("first", t.p.protocol):bind { address = first_at[t.family], port = 6000 }
    if t.p.listens then first:listen(1) end
    local wanted = { address = second_at[t.family], port = 6000 }
    local second = t.server:socket("second", t.p.protocol):bind(wanted)
    if errno then
      second:fails(errno)
      second:bind { address = second_at[t.family], port = 6001 }
      second:getsockname()
      t:expect(second:port()):is(6001)
    else
      second:getsockname()
    end
    -- a socket is bound once
    second:bind(wanted):fails "EINVAL"
    t.server:socket("other-protocol", t.p.protocol == "tcp" and "udp" or "tcp"):bind(wanted):getsockname()
    -- the port is free as soon as the socket is closed
    first:close()
    t.server:socket("third", t.p.protocol):bind({ address = first_at[t.family], port = 6000 }):getsockname()
  end,
}
