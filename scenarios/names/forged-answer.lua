-- SPDX-License-Identifier: MIT
local NAME = "\5asked\4test\0"
local FORGED = { ipv4 = "\192\0\2\66", ipv6 = "\x20\x01\x0d\xb8" .. ("\0"):rep(11) .. "\x66" }

-- The internet checksum (RFC 1071).
local function checksum(bytes)
  local sum = 0
  if #bytes % 2 == 1 then bytes = bytes .. "\0" end
  for i = 1, #bytes, 2 do sum = sum + (">I2"):unpack(bytes, i) end
  while sum > 0xffff do sum = (sum & 0xffff) + (sum >> 16) end
  return ~sum & 0xffff
end

-- A UDP datagram from port 53 of the third host to the client (RFC 791, 8200, 768).
local function datagram(ipv6, port, payload)
  local length = 8 + #payload
  local address = ipv6 and "\x20\x01\x0d\xb8" .. ("\0"):rep(11) or "\192\0\2"
  local from, to = address .. "\3", address .. "\1"
  local pseudo = from .. to .. (">I4I4"):pack(length, 17)
  local sum = checksum(pseudo .. (">I2I2I2I2"):pack(53, port, length, 0) .. payload)
  local udp = (">I2I2I2I2"):pack(53, port, length, sum == 0 and 0xffff or sum) .. payload
  if ipv6 then return (">I4I2BB"):pack(0x60000000, length, 17, 64) .. from .. to .. udp end
  local head = (">BBI2I2I2BB"):pack(0x45, 0, 20 + length, 0, 0, 64, 17)
  return head .. (">I2"):pack(checksum(head .. "\0\0" .. from .. to)) .. from .. to .. udp
end

-- An answer to a question for an address of that name: 192.0.2.66, or 2001:db8::66.
local function answer(family, id, name)
  local kind = family == "ipv6" and 28 or 1
  return (">I2I2I2I2I2I2"):pack(id, 0x8580, 1, 1, 0, 0) .. name .. (">I2I2"):pack(kind, 1)
    .. (">I2I2I2I4s2"):pack(0xc00c, kind, 1, 60, FORGED[family])
end

return scenario {
  title = "An answer with another identifier, another question, or from another host, is no answer",
  why = [[
    Anybody can send a datagram to the client's port. It believes what comes from the server's address, which a connected UDP
    socket sees to (the kernel refuses the others: ICMP port unreachable), and repeats its identifier and its question. The forged
    answers come while the true one is held up on the link; a client that takes what comes first tells 192.0.2.66.
  ]],
  refs = { "RFC 5452, 9.1", "RFC 1035, 7.3", "udp(7)", "connect(2)" },
  contract = "host-lookup",
  needs = { "wire", "program:dnsmasq" },
  hosts = { "client", "server", "stranger" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local address = ipv6 and "2001:db8::7" or "192.0.2.7"
    t:write_file("records", ("host-record=asked.test,%s\n"):format(address))
    local dns = t:start { role = "server" }
    t.client:resolver { nameserver = dns:address().address, "options timeout:5 attempts:1" }
    local truth = t.wire:hold "server > client"
    local client = t:start { role = "client", kind = "host", what = "asked.test" }
    t:given(function() t:expect(truth:held()):at_least(1) end)
    t.wire:idle() -- whatever was asked has its answer, which is held

    local flow = t:flow(53)
    local question = flow:stream "client > server"
    local id = (">I2"):unpack(question, #question - 12 - #NAME - 3) -- of the last question that was asked
    local port = t.client:sockets("udp"):value()[1].local_port
    t.wire:inject { flow = flow, from = "server", payload = answer(t.family, id ~ 0x5555, NAME) }
    t.wire:inject { flow = flow, from = "server", payload = answer(t.family, id, "\5other\4test\0") }
    t.wire:inject { raw = datagram(ipv6, port, answer(t.family, id, NAME)) }
    client:runs():sleeps()
    truth:off():release()
    client:exits(0)
    client:stdout():never(ipv6 and "2001:db8::66" or "192.0.2.66")
    client:stdout():exactly { "canonical asked.test", "address " .. address }
  end,
}
