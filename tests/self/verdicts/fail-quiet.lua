-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: packet … came: client > server  P. seq 1:6 ack 1 win … len 5 "hello" (retransmission)…; expected 5000 ms without any
return scenario {
  title = "fail quiet",
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t.wire:drop "client > server data" -- and each repetition
    c:send "hello"
    t:quiet(5000) --<-
  end,
}
