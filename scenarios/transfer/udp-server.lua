-- SPDX-License-Identifier: MIT
local function get(count, sequence, offset) return string.pack(">c1BI2I4I8", "G", count, 0, sequence, offset) end
local function data(bytes, offset, sequence, size)
  local payload = bytes:sub(offset + 1, math.min(offset + 1024, size))
  return string.pack(">c1BI2I4I8", "D", offset + #payload == size and 1 or 0, #payload, sequence, offset) .. payload
end
local function refusal(mark, sequence, offset, words) return string.pack(">c1BI2I4I8", "E", mark, #words, sequence, offset) .. words end

local asked = {
  ["some pieces"] = function(c, bytes)
    c:send(get(3, 1, 0))
    for i = 0, 2 do c:receives(data(bytes, i * 1024, 1, 5000)) end
    c:reads_nothing()
    -- it keeps nothing of its peers: the same again, and from anywhere
    c:send(get(1, 1, 0)):receives(data(bytes, 0, 1, 5000))
    c:send(get(2, 4000000000, 1)):receives(data(bytes, 1, 4000000000, 5000)):receives(data(bytes, 1025, 4000000000, 5000))
    return "request 4000000000: 2 from 1"
  end,
  ["to the end"] = function(c, bytes)
    c:send(get(255, 7, 3000)):receives(data(bytes, 3000, 7, 5000)):receives(data(bytes, 4024, 7, 5000)):reads_nothing()
    -- the rest is a whole piece: it bears the mark all the same
    c:send(get(2, 8, 5000 - 1024)):receives(data(bytes, 5000 - 1024, 8, 5000)):reads_nothing()
    c:send(get(2, 9, 5000 - 2048)):receives(data(bytes, 5000 - 2048, 9, 5000)):receives(data(bytes, 5000 - 1024, 9, 5000)):reads_nothing()
    c:send(get(1, 10, 4999)):receives(data(bytes, 4999, 10, 5000))
    return "request 10: 1 from 4999"
  end,
  ["the very end"] = function(c, bytes)
    c:send(get(4, 1, 5000)):receives(data(bytes, 5000, 1, 5000)):reads_nothing()
    return "request 1: 4 from 5000"
  end,
  ["past the end"] = function(c)
    c:send(get(4, 1, 5001)):receives(refusal(1, 1, 5001, "past the end")):reads_nothing()
    return "request 1: 4 from 5001: past the end"
  end,
  nonsense = function(c)
    for _, words in ipairs { "", "G", "hello", get(0, 1, 0), get(1, 1, 0):sub(1, 15), get(1, 1, 0) .. "x", "X" .. get(1, 1, 0):sub(2),
      string.pack(">c1BI2I4I8", "G", 1, 9, 1, 0), ("G"):rep(1400) } do c:send(words) end
    c:reads_nothing()
    c:send(get(1, 1, 5001)):receives(refusal(1, 1, 5001, "past the end"))
    return "request 1: 1 from 5001: past the end"
  end,
}

return scenario {
  title = "A server of datagrams sends what it was asked for, to whoever asked",
  why = [[
    Each request is whole by itself, so that one that was lost or doubled needs no repair: the server reads the file from the offset, no
    more pieces than it was asked for, and marks the last, also when that is a whole piece or none at all. Numbers are in network byte
    order. What makes no sense is passed over: an answer to it would be an answer to whoever forged its sender.
  ]],
  refs = { "pread(2)", "udp(7)", "RFC 1122, 4.1.1" },
  contract = "udp-resume",
  matrix = { family = { "ipv4", "ipv6" }, asked = { "some pieces", "to the end", "the very end", "past the end", "nonsense" } },
  run = function(t)
    local bytes = t:bytes(5000)
    t:write_file("source_file", bytes)
    local srv = t:start { role = "server" }
    local c = t.client:socket("c", "udp"):connect(srv):connected()
    local other = t.client:socket("other", "udp"):connect(srv):connected()
    other:send(get(1, 9, 2000)):receives(data(bytes, 2000, 9, 5000))
    local line = asked[t.p.asked](c, bytes)
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line(name .. " " .. line)
    -- each request reads the file anew
    t:write_file("source_file", "short")
    other:send(get(2, 10, 1)):receives(data("short", 1, 10, 5)):reads_nothing()
    srv:runs():sleeps()
    other.flow:count("server > client udp", 2)
  end,
}
