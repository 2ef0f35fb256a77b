-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: s: recv = 0 (end of stream) after 3 of 5 bytes
return scenario {
  title = "fail receives too little",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hel":shutdown "wr"
    s:receives "hello" --<-
  end,
}
