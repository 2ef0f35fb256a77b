-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: start: address = {…} cannot stand on a command line; write a text or a number, such as t.server:address(PORT).address
return scenario {
  title = "an address with its port is no word of a command line",
  contract = "tcp-greeter",
  run = function(t)
    t:start { role = "client", address = t.server:address(80) } --<-
  end,
}
