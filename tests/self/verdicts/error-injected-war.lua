-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: packets are still under way 1 s after the script's end: what was injected here may have set two kernels to answering each other
return scenario {
  title = "error injected war",
  needs = { "wire" },
  deadline = 1,
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    local c = t.client:socket("c"):connect(l):connected()
    l:accept("s")
    t.wire:inject { flow = c.flow, from = "client", flags = "P.", payload = "nobody said this" } --<-
    c.flow:never "R"
  end,
}
