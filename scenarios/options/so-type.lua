-- SPDX-License-Identifier: MIT
local TYPES = { tcp = 1, udp = 2, unix = 1, ["unix-dgram"] = 2, ["unix-seqpacket"] = 5 }

return scenario {
  title = "SO_TYPE tells a stream from datagrams",
  why = [[
    A program that is handed a descriptor, as by inetd, can ask what it is: 1 is SOCK_STREAM, 2 SOCK_DGRAM, 5 SOCK_SEQPACKET. What it says is
    what the socket does: from a stream two sends can be read as one, from the others never. It can only be read.
  ]],
  refs = { "socket(7): SO_TYPE", "socket(2)" },
  world = "loop",
  matrix = { kind = { "tcp", "udp", "unix", "unix-dgram", "unix-seqpacket" } },
  run = function(t)
    local kind = t.p.kind
    local at = kind:find "^unix" and "@type" or t.server:address(6000)
    local s = t.server:socket("s", kind):bind(at)
    t:expect(s:option "SO_TYPE"):is(TYPES[kind])
    s:option("SO_TYPE", 1):fails "ENOPROTOOPT"
    if TYPES[kind] ~= 2 then s:listen(5) end
    local c = t.client:socket("c", kind):connect(at):connected()
    t:expect(c:option "SO_TYPE"):is(TYPES[kind])
    if TYPES[kind] ~= 2 then s = s:accept "connection" end
    t:expect(s:option "SO_TYPE"):is(TYPES[kind])
    c:send "one":send "two"
    if TYPES[kind] == 1 then
      s:receives "onetwo"
    else
      s:receives "one"
      s:receives "two"
    end
  end,
}
