-- SPDX-License-Identifier: MIT
-- What the server's program sends under the client's address is not the client's.
return scenario {
  title = "a program that sends under another host's address",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "program:programs/spoofs" },
  run = function(t)
    local second = t.family == "ipv4" and "192.0.2.77" or "2001:db8::77"
    t.client:add_address(second)
    t.server:run { "programs/spoofs", second, t.client:address(1).address, "6000", name = "p" }:exits(0)
    t:flow(6000):exactly [[ client > client udp "hello" ]]
  end,
}
