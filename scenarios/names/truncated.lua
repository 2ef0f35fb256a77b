-- SPDX-License-Identifier: MIT
local COUNT = 40 -- 16 or 28 bytes each: more than the 512 that an answer by UDP may have

return scenario {
  title = "An answer that does not fit a datagram is asked for again over TCP",
  why = [[
    The server sends what it can with the bit TC (truncated) set. What came is not the answer: the client asks the same of the same
    server over TCP, where each message has its length in front, and tells all addresses. That gethostbyname(3) uses
    TCP after sethostent(1) is another matter: TC makes every resolver do so.
  ]],
  refs = { "RFC 1035, 4.2.1, 4.2.2", "RFC 7766, 5", "resolver(3): RES_IGNTC" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local records, expected = {}, { "canonical many.test" }
    for i = 1, COUNT do
      local address = (t.family == "ipv6" and "2001:db8:1::%x" or "198.51.100.%d"):format(i)
      records[i], expected[i + 1] = "host-record=many.test," .. address, "address " .. address
    end
    t:write_file("records", table.concat(records, "\n") .. "\n")
    local dns = t:start { role = "server" }
    -- one question after the other: else it is luck whether the answer to one still finds the socket, when the other was cut short
    t.client:resolver { nameserver = dns:address().address, "options single-request timeout:5 attempts:1" }
    local client = t:start { role = "client", kind = "host", what = "many.test" }
    client:exits(0)
    local _, told = client:stdout():text():gsub("\naddress ", "")
    t:expect(told):is(COUNT)
    client:stdout():exactly(expected)
    t:flow(53, 1):count([[server > client data "\x87\x80\0\x01"]], { min = 1, max = 2 }) -- answer, authoritative, TC
    local tcp = t:flow(53, 2)
    tcp:count("client > server S", 1)
    tcp:count("server > client S.", 1)
    t:expect(tcp:ended()):is "closed"
    t:expect((">I2"):unpack(tcp:stream "client > server")):is(27)
    t:expect(tcp:bytes "server > client"):at_least(513)
  end,
}
