-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_ACCEPTCONN says whether a socket listens",
  why = [[
    listen turns a socket into one that only accepts, and this option tells which kind a descriptor is. It can be read, not set. A socket that
    was accepted does not listen, though its listener does.
  ]],
  refs = { "socket(7): SO_ACCEPTCONN", "listen(2)" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000))
    t:expect(l:option "SO_ACCEPTCONN"):is(0)
    t.client:socket("early"):connect(t.server:address(6000)):fails "ECONNREFUSED"
    l:option("SO_ACCEPTCONN", 1):fails "ENOPROTOOPT"
    l:listen(5):state "LISTEN"
    t:expect(l:option "SO_ACCEPTCONN"):is(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t:expect(s:option "SO_ACCEPTCONN"):is(0)
    t:expect(c:option "SO_ACCEPTCONN"):is(0)
    l:shutdown "rd"
    t:expect(l:option "SO_ACCEPTCONN"):is(0)
    t.client:socket("late"):connect(t.server:address(6000)):fails "ECONNREFUSED"
  end,
}
