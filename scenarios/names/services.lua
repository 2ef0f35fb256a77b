-- SPDX-License-Identifier: MIT
local SERVICES = { "shop\t4660/tcp\tstore\tmarket", "shop\t4661/udp", "lone\t22136/tcp" }
local PROTOCOLS = { "tcp\t6\tTCP", "mine\t200\tMINE" }
local FOUND = {
  { "service", "shop/tcp", "port 4660" },
  { "service", "store/tcp", "port 4660" },
  { "service", "shop/udp", "port 4661" },
  { "port", "4660/tcp", "service shop" },
  { "port", "4661/udp", "service shop" },
  { "protocol", "mine", "number 200" },
  { "protocol", "MINE", "number 200" },
}
local NOT_FOUND = {
  { "service", "none/tcp", "no such service: none/tcp" },
  { "service", "lone/udp", "no such service: lone/udp" },
  { "port", "4660/udp", "no such service: 4660/udp" },
  { "port", "13330/tcp", "no such service: 13330/tcp" },
  { "protocol", "none", "no such protocol: none" },
}
local WRONG = { { "service", "shop" }, { "service", "shop/mine" }, { "port", "shop/tcp" }, { "port", "65536/tcp" }, { "town", "Hall" } }

return scenario {
  title = "Services and protocols are names in two files, and a service's port is told in host byte order",
  why = [[
    getservbyname(3) gives the port in network byte order, in an int, and getservbyport(3) takes it so: who prints the one without
    ntohs() reads 13330 for 4660, who passes the other without htons() asks for somebody else. A service is a name and a protocol: shop is
    another port for UDP than for TCP. Nothing of this is asked of DNS.
  ]],
  refs = { "services(5)", "protocols(5)", "getservbyname(3)", "getservbyport(3)", "getprotobyname(3)", "byteorder(3)" },
  contract = "host-lookup",
  needs = { "wire" },
  run = function(t)
    t.client:services(SERVICES)
    t.client:protocols(PROTOCOLS)
    t.client:resolver { nameserver = t.server:address(53).address, "options timeout:5 attempts:1" }
    for _, case in ipairs(FOUND) do
      local client = t:start { role = "client", kind = case[1], what = case[2] }
      client:exits(0)
      client:stdout():never "13330" -- 4660 with its two bytes swapped
      client:stdout():exactly { case[3] }
      client:stderr():exactly ""
    end
    for _, case in ipairs(NOT_FOUND) do
      local client = t:start { role = "client", kind = case[1], what = case[2] }
      client:exits(1)
      client:stderr():exactly { case[3] }
      client:stdout():exactly ""
    end
    for _, case in ipairs(WRONG) do t:start { role = "client", kind = case[1], what = case[2] }:exits(2) end
  end,
}
