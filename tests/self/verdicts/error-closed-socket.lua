-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: l is closed already
return scenario {
  title = "error closed socket",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    l:close()
    l:listen(1) --<-
  end,
}
