-- SPDX-License-Identifier: MIT
-- The question's name: an address backwards, in bytes (RFC 1035, 3.5) or in half bytes (RFC 3596, 2.5).
local function question(family, last)
  if family == "ipv4" then return ([[\x%02x%d\x012\x010\x03192\x07in-addr\x04arpa]]):format(#tostring(last), last) end
  local name = ("%032x"):format(last):gsub("^%x%x%x%x%x%x%x%x", "20010db8"):reverse()
  return name:gsub("%x", [[\x01%0]]) .. [[\x03ip6\x04arpa]]
end

return scenario {
  title = "The name of an address is asked for backwards, in network byte order",
  why = [[
    The address 192.0.2.7 is asked for as 7.2.0.192.in-addr.arpa. gethostbyaddr(3) and getnameinfo(3) turn it around; they take it in
    network byte order. Who turned it around before asks for somebody else's name. An address without a name is no error of the
    server's, and without NI_NAMEREQD getnameinfo(3) gives the address itself as if that were its name.
  ]],
  refs = { "gethostbyaddr(3)", "getnameinfo(3): NI_NAMEREQD", "RFC 1035, 3.5", "RFC 3596, 2.5" },
  contract = "host-lookup",
  needs = { "program:dnsmasq" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local prefix = t.family == "ipv6" and "2001:db8::" or "192.0.2."
    t:write_file("records", ("host-record=one.test,%s7\n"):format(prefix))
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }
    local named = t:start { role = "client", name = "named", kind = "address", what = prefix .. 7 }
    t:flow(53, 1):first(('client > server data "%s"'):format(question(t.family, 7)))
    named:exits(0)
    named:stdout():exactly { "name one.test" }

    local nameless = t:start { role = "client", name = "nameless", kind = "address", what = prefix .. 8 }
    nameless:exits(1)
    nameless:stderr():exactly { "no name: " .. prefix .. 8 }
    nameless:stdout():exactly ""
    t:flow(53, 2):count(('client > server data "%s"'):format(question(t.family, 8)), 1)

    local no_address = t:start { role = "client", name = "no-address", kind = "address", what = "one.test" }
    no_address:exits(2)
    no_address:stderr():exactly { "not an address: one.test" }
  end,
}
