-- SPDX-License-Identifier: MIT
local N = 500

return scenario {
  title = "Commands that come together are all answered, in their order",
  why = [[
    A client need not wait for an answer before it sends the next command. The server finds many of them in one read, and the last of a
    read cut anywhere; one answer each, in order, is what lets the client tell which is whose.
  ]],
  refs = { "https://redis.io/docs/manual/pipelining" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local server = t:start()
    local asked, expected = {}, {}
    for i = 1, N do
      asked[i] = i % 3 == 0 and "GET n\r\n" or i % 3 == 1 and "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n" or ("ECHO %d\r\n"):format(i)
    end
    local n = 0
    for i = 1, N do
      if i % 3 == 1 then n = n + 1 end
      local text = i % 3 == 2 and tostring(i) or tostring(n)
      expected[i] = i % 3 == 1 and (":%d\r\n"):format(n) or ("$%d\r\n%s\r\n"):format(#text, text)
    end
    -- frozen until all is there: one read finds as many as it has room for
    server:freeze()
    local c = t.client:socket("c"):connect(server):connected():send(table.concat(asked))
    t.wire:idle()
    server:thaw()
    c:receives(table.concat(expected)):reads_nothing()
    c.flow:never "R"
    server:runs()
  end,
}
