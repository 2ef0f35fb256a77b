-- SPDX-License-Identifier: MIT
return scenario {
  title = "A port that does not answer in time is filtered, and the scan goes on",
  why = [[
    Something between the two loses the SYN. Nobody refuses, so the port is not known to be closed; connect alone would
    go on for two minutes, so the scanner must give up by its own clock. That is a finding, not a failure: the ports behind it
    are still to be asked.
  ]],
  refs = { "connect(2)", "tcp(7): tcp_syn_retries", "socket(7): SO_SNDTIMEO" },
  contract = "port-scan",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    t.server:socket("l"):bind(t.server:address(22)):listen(5)
    local lost = t.wire:drop "client > server S"
    local scanner = t:start { target = t.server:address(0).address, range = "21-23", timeout = 50 }
    scanner:exits(0)
    local lines = { "21/tcp filtered ftp", "22/tcp filtered ssh", "23/tcp filtered telnet" }
    for _, line in ipairs(lines) do scanner:stdout():line(line) end
    scanner:stdout():exactly(lines)
    t:expect(lost:acted()):at_least(3)
    for port = 21, 23 do
      t:flow(port):count("S", { min = 1 })
      t:flow(port):never "server > client"
    end
  end,
}
