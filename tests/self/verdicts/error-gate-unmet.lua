-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: this delay never met a packet that fits; if that may be so, write optional = true
return scenario {
  title = "error gate unmet",
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    t.wire:delay { "server > client data", by = "40ms" } --<-
    local c = t.client:socket("c"):connect(l):connected()
    c.flow:never "R"
  end,
}
