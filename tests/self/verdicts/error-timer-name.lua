-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: no constant "TCP_RTO_MAXX" of the kernel's is known; did you mean "TCP_RTO_MAX"?
return scenario {
  title = "error timer name",
  run = function(t)
    t:expect(t.client:timer "TCP_RTO_MAXX"):is(120) --<-
  end,
}
