-- SPDX-License-Identifier: MIT
return scenario {
  title = "One byte at a time, of any value, in order",
  why = [[
    Each of the 256 values is sent by a call of its own and read by a call of its own; NUL, newline and 255 are bytes like others. With TCP_NODELAY
    each is a segment, of 40 bytes of heads and more for one of data. Then all at once: strlen of that would be 0.
  ]],
  refs = { "send(2)", "tcp(7): TCP_NODELAY" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(l):connected()
    local s = l:accept "s"
    local all = ""
    for value = 0, 255 do
      local byte = string.char(value)
      all = all .. byte
      c:send(byte):returns(1)
      s:receives(byte)
    end
    s:reads_nothing()
    c.flow:count("client > server len 1", { min = 256 })
    t:expect(c.flow:stream "client > server"):is(all)
    s:send(all)
    c:receives(all):reads_nothing()
    c.flow:never "R"
  end,
}
