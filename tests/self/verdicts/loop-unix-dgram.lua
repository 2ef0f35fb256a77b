-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix dgram",
  world = "loop",
  run = function(t)
    local a = t.server:socket("a", "unix-dgram"):bind "a.sock"
    local b = t.client:socket("b", "unix-dgram"):connect "a.sock":connected():send "one":send "two"
    a:receives "one"
    local piece, _, more = a:receive(2)
    t:expect(piece):is "tw"
    t:expect(more.truncated):is(true)
    a:reads_nothing()
    a:close()
    b:send("three", { once = true }):fails "ECONNREFUSED"
  end,
}
