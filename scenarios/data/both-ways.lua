-- SPDX-License-Identifier: MIT
return scenario {
  title = "A mebibyte in each direction at the same time",
  why = [[
    The two directions of a connection are two streams with numbers, windows and ends of their own. Neither waits for the other unless a program
    makes it: one that sends all before it reads anything, on both sides, would fill all buffers and stop for ever.
  ]],
  refs = { "RFC 9293, 3.4" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local there = t:bytes(1048576)
    local back = there:reverse()
    t:together {
      function() c:send(there):shutdown "wr" end,
      function() s:send(back):shutdown "wr" end,
      function() c:receives(back):reads_eof() end,
      function() s:receives(there):reads_eof() end,
    }
    t:expect(c.flow:bytes "client > server"):is(1048576)
    t:expect(c.flow:bytes "server > client"):is(1048576)
    c.flow:never "R"
    c:close()
    s:close()
  end,
}
