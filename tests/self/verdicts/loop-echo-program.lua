-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop echo program",
  world = "loop",
  run = function(t)
    local srv = t.server:run { "socat", "TCP4-LISTEN:8080,bind=127.0.0.1,fork", "EXEC:/bin/cat", name = "srv" }:listens(8080)
    local c = t.client:socket("c"):connect(srv):connected():send "hello":receives "hello":shutdown "wr":reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
      server > client  data "hello"
      client > server  F.
      server > client  F.
    ]]
    local nc = t.client:run { "ncat", "127.0.0.1", "8080", name = "nc" }
    nc:stdin "through both programs"
    nc:stdout():line "through both programs"
    nc:close_stdin():exits(0)
  end,
}
