-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: so many bytes did not cross within 0.2 s: the wire was not cut
return scenario {
  title = "fail not cut",
  needs = { "wire" },
  deadline = 0.2,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    t.wire:cut { from = "server", after = 100 }
    s:send "0123456789"
    t.wire:is_cut() --<-
  end,
}
