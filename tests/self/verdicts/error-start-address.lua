-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: the command "{program} {address} {port}" wants {address}, which this scenario does not give; write t:start { role = "client", address = t.server:address(PORT).address }
return scenario {
  title = "a client is not told its own address",
  contract = "tcp-greeter",
  run = function(t)
    local srv = t:start { role = "server" }
    t:start { role = "client", port = srv:port() } --<-
  end,
}
