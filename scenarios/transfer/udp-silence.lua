-- SPDX-License-Identifier: MIT
local function get(sequence) return string.pack(">c1BI2I4I8", "G", 4, 0, sequence, 0) end

return scenario {
  title = "A client gives up some day, and at once when it is told that nobody is there",
  why = [[
    Who asks for ever keeps a network busy for a server that is long gone. So the number of requests in vain is limited, and how it
    ended is in the exit status, apart from that of success. A server that refuses is another matter: ICMP tells a connected
    socket, and its own words tell why.
  ]],
  refs = { "udp(7)", "RFC 8085, 3.1.1" },
  contract = "udp-resume",
  matrix = { family = { "ipv4", "ipv6" }, server = { "silent", "not there", "refuses", "has no file" } },
  run = function(t)
    local address = t.server:address(5001)
    local silent = t.p.server == "silent"
    t:write_file("destination_file", "")
    local function start() return t:start { role = "client", address = address.address, port = 5001, timeout = silent and 40 or 5000 } end
    if t.p.server == "has no file" then
      local srv = t:start { role = "server", file = "nowhere" }
      local client = start()
      client:exits(1)
      client:stdout():exactly { "have 0 bytes", "refused: no file" }
      srv:stdout():has "request 1: 4 from 0: no file\n"
      srv:runs():sleeps()
    elseif t.p.server == "not there" then
      start():exits(1)
      t:flow(5001):exactly [[
        client > server  udp len 16
        server > client  icmp unreachable port
      ]]
    else
      local s = t.server:socket("s", "udp"):bind(address)
      local client = start()
      local request, _, more = s:receive()
      t:expect(request):is(get(1))
      if silent then
        s:receives(get(2)):receives(get(3))
        client:exits(3)
        client:stdout():exactly { "have 0 bytes", "nothing new within 40 ms, request 2", "nothing new within 40 ms, request 3",
          "gave up after 3 requests, received 0 bytes" }
        s:reads_nothing()
      else
        s:send(string.pack(">c1BI2I4I8", "E", 1, 8, 1, 0) .. "not you!", { to = more.from })
        client:exits(1)
        client:stdout():exactly { "have 0 bytes", "refused: not you!" }
      end
      t:flow(5001):count("client > server udp", silent and 3 or 1)
    end
    t:expect(t:file "destination_file"):is ""
  end,
}
