-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "hosts three",
  matrix = { family = { "ipv4", "ipv6" } },
  hosts = { "a", "b", "c" },
  needs = { "wire" },
  run = function(t)
    local l = t.c:socket("l"):bind(t.c:address(6000)):listen(4)
    local from_a = t.a:socket("from-a"):connect(l):connected()
    local from_b = t.b:socket("from-b"):connect(l):connected()
    l:accept("one"):send "one"
    l:accept("two"):send "two"
    from_a:receives "one"
    from_b:receives "two"
    from_a.flow:shape [[
      a > c  S
      c > a  S.
      c > a  data "one"
    ]]
    from_b.flow:shape [[
      b > c  S
      c > b  S.
      c > b  data "two"
    ]]
    -- a packet between two of them concerns nobody else
    t.a:socket("refused"):connect(t.b:address(6000)):fails "ECONNREFUSED"
  end,
}
