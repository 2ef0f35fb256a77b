-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "together",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)

    local said = {}
    t:together {
      function()
        local s = l:accept "s"
        said[#said + 1] = s:receive(100)
      end,
      function()
        local c = t.client:socket("c"):connect(l):connected()
        c:send "hello"
      end,
    }
    t:expect(said):is { "hello" }
  end,
}
