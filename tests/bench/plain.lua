-- SPDX-License-Identifier: MIT
-- plain.lua - the plainest case there is, for ci/bench: handshake, echo, close between scripted sockets of two hosts
-- Many cases of one kind, and not one case repeated: so each writes its evidence.
local function upto(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

return scenario {
  title = "Handshake, echo, close",
  matrix = { round = upto(16), nth = upto(25) },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello":shutdown "wr"
    s:receives "hello":reads_eof()
    s:send "hello":close()
    c:receives "hello":reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
      client > server  F.
      server > client  data "hello"
      server > client  F.
    ]]
  end,
}
