-- SPDX-License-Identifier: MIT
-- verdict: pass
-- a release waits for as many packets as it is to let out
return scenario {
  title = "wire hold late",
  needs = { "wire" },
  run = function(t)
    local srv = t.server:run { "socat", "TCP6-LISTEN:6000,ipv6only=0", "SYSTEM:sleep 0.3; echo hello", name = "srv" }:listens(6000)
    local late = t.wire:hold "server > client data"
    local c = t.client:socket("c"):connect(srv):connected()
    late:release(1)
    c:receives "hello\n"
  end,
}
