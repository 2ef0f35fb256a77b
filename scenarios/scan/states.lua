-- SPDX-License-Identifier: MIT
return scenario {
  title = "A scan tells open ports from closed ones, by their names",
  why = [[
    A SYN to a port that somebody listens on is answered with SYN-ACK, to any other with RST: connect succeeds, or fails with
    ECONNREFUSED. With a non-blocking socket both make it writable, and only SO_ERROR tells which it was. The names
    are /etc/services', which is asked in network byte order; they say what usually is there, not who answered. A tool with a list
    of its own, such as nmap, may write another.
  ]],
  refs = { "connect(2): ECONNREFUSED, EINPROGRESS", "getservbyport(3)", "RFC 9293, 3.10.7.1" },
  contract = "port-scan",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local ftp = t.server:socket("ftp"):bind(t.server:address(21)):listen(5)
    local private = t.server:socket("private"):bind(t.server:address(24)):listen(5)
    -- nobody answers late on this wire: the time is there to be enough on any machine
    local scanner = t:start { target = t.server:address(0).address, range = "20-25", timeout = 60000 }
    scanner:exits(0)
    local lines = {
      "20/tcp closed ftp-data",
      "21/tcp open ftp",
      "22/tcp closed ssh",
      "23/tcp closed telnet",
      "24/tcp open unknown",
      "25/tcp closed smtp",
    }
    for _, line in ipairs(lines) do scanner:stdout():has(line:match "^%d+/tcp %a+ ") end
    for _, line in ipairs(lines) do scanner:stdout():line(line) end
    scanner:stdout():exactly(lines)
    ftp:accept("a"):reads_eof()
    private:accept("b"):reads_eof()
    for _, port in ipairs { 21, 24 } do
      t:flow(port):shape [[
        client > server  S
        server > client  S.
        client > server  F.
      ]]
    end
    for _, port in ipairs { 20, 22, 23, 25 } do
      t:flow(port):exactly [[
        client > server  S
        server > client  R.  ack 1
      ]]
    end
  end,
}
