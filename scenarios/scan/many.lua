-- SPDX-License-Identifier: MIT
return scenario {
  title = "A scan of more ports than there are descriptors",
  why = [[
    A program here may have 256 descriptors; 300 ports are asked. A socket that is not closed when its port is known is
    lost, and with enough ports socket() fails with EMFILE. Closed ports too leave a socket.
  ]],
  refs = { "socket(2): EMFILE", "getrlimit(2): RLIMIT_NOFILE" },
  contract = "port-scan",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t.server:socket("l"):bind(t.server:address(30299)):listen(5)
    local scanner = t:start { target = t.server:address(0).address, range = "30000-30299", timeout = 60000 }
    scanner:exits(0)
    local lines = {}
    for port = 30000, 30298 do lines[#lines + 1] = ("%d/tcp closed unknown"):format(port) end
    lines[#lines + 1] = "30299/tcp open unknown"
    scanner:stdout():exactly(lines)
  end,
}
