-- SPDX-License-Identifier: MIT
local silent = {
  -- the server's kernel says that nobody listens there
  nobody = function(t)
    return t.server:address(53).address, "none.test", [[server > client icmp unreachable port]]
  end,
  -- the server knows only the names of test, and has nobody to ask for others: code 5
  refuses = function(t)
    t:write_file("records", "")
    return t:start { role = "server" }:address().address, "name.example", [[server > client data "\x85\0\x01\0\0"]]
  end,
  -- the questions are lost
  silence = function(t)
    t:write_file("records", "")
    local address = t:start { role = "server" }:address().address
    t.wire:drop "udp dst port 53"
    return address, "none.test", nil
  end,
}

return scenario {
  title = "No answer is not the answer that there is no such name",
  why = [[
    Nobody listens on the server's port, or it will not say, or all that was sent is lost: each time the client has learned nothing of
    the name. A client that says "no such host" then sends people to look for a typing error. Who waits for an answer must stop to
    wait: here after one second, as resolv.conf says.
  ]],
  refs = { "getaddrinfo(3): EAI_AGAIN", "gethostbyname(3): TRY_AGAIN", "resolv.conf(5): timeout, attempts", "RFC 1035, 4.1.1: RCODE" },
  contract = "host-lookup",
  needs = { "program:dnsmasq", "wire" },
  matrix = { family = { "ipv4", "ipv6" }, server = { "nobody", "refuses", "silence" } },
  run = function(t)
    local address, name, answer = silent[t.p.server](t)
    t.client:resolver { nameserver = address, "options timeout:1 attempts:1" }
    local client = t:start { role = "client", kind = "host", what = name }
    client:exits(3)
    client:stderr():exactly { "try again: " .. name }
    client:stdout():exactly ""
    local flow = t:flow(53)
    flow:count("client > server udp", { min = 1, max = 2 })
    if answer then flow:count(answer, { min = 1, max = 2 }) else flow:never "server > client" end
  end,
}
