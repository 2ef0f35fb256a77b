-- SPDX-License-Identifier: MIT
local SIZES = { 0, 1, 512, 513, 1472, 1473, "largest" }

return scenario {
  title = "A datagram of any size comes back whole, in one piece",
  why = [[
    The server must have room for the largest datagram there is, for what does not fit is lost without a word: programs with a
    buffer of 512 bytes answer a longer question with its beginning. It must send back as many bytes as
    came, not as many as it has room for, nor as many as stand before the first NUL. And it must live on: a datagram of
    no bytes is not the end of anything.
  ]],
  refs = { "recv(2)", "udp(7)", "RFC 862" },
  contract = "udp-echo",
  matrix = { family = { "ipv4", "ipv6" }, size = SIZES },
  run = function(t)
    local ipv6 = t.family == "ipv6"
    local size = t.p.size == "largest" and (ipv6 and 65527 or 65507) or t.p.size
    local srv = t:start()
    local c = t.client:socket("c", "udp"):connect(srv):connected()
    local bytes = size > 1 and t:bytes(size - 1) .. "\0" or t:bytes(size)
    c:send(bytes):receives(bytes)
    c:send("a\0b"):receives "a\0b":reads_nothing()
    local name = (ipv6 and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line(("%s %d bytes"):format(name, size))
    srv:stdout():line(name .. " 3 bytes")
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
    -- what is larger than the link's MTU crosses it in pieces, of which patterns do not speak
    if size <= 1500 - (ipv6 and 48 or 28) then
      c.flow:count("server > client udp", 2)
    end
  end,
}
