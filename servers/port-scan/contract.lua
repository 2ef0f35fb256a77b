-- SPDX-License-Identifier: MIT
return contract {
  title = "Port scan by connect: which TCP ports of a host are open",
  refs = { "connect(2)", "getsockopt(2)", "getservbyport(3)", "socket(7): SO_SNDTIMEO" },
  promise = [[
    Command line: ADDRESS FIRST-LAST [TIMEOUT_MS]. ADDRESS is a numeric IPv4 or IPv6 address, FIRST and LAST are ports from 1 to
    65535, FIRST not above LAST, both are asked. TIMEOUT_MS, from 1 to 60000, is how long each port has to answer; 1000
    when left out.

    Each port is asked once, by an ordinary TCP connect. Prints a line a port, in the order of ports, each line at once when its port and
    all before it are known:
      PORT/tcp STATE SERVICE
    STATE is
      open       somebody listens: the connection was made. It is closed at once, with FIN, and nothing is sent
      closed     ECONNREFUSED; or the socket was connected to itself, as can happen when a host scans its own ports
      filtered   no answer within the time; or ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EACCES and the like, which tell of somebody on the way
    SERVICE is the port's name for TCP in the service database (/etc/services), "unknown" when it has none.

    Works within 256 descriptors, whatever the range. Several ports may be asked at once, or one after the other.
    Exit status: 0 when every port was asked, whatever came of it; 1 when something else fails, with a message on stderr; 2
    for wrong usage, with a message on stderr and nothing on stdout.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    scanner = {
      command = "{program} {target} {range} {timeout}",
      host = "client",
      defaults = { timeout = 1000 },
      implementations = { poll = {}, ["one-by-one"] = {} },
      faulty = {
        ["as-they-come"] = { fault = "prints each port when its answer comes: a slow one stands behind the next",
          dies_in = "scan/late", reason = [[the value is "22/tcp open ssh\n"; expected is ""]] },
        ["busy-poll"] = { fault = "polls with a timeout of 0, round and round",
          dies_in = "scan/late", reason = "scanner never sleeps: it has used" },
        ["descriptor-leak"] = { fault = "closes the sockets of open ports alone: a long range ends with EMFILE",
          dies_in = "scan/many", reason = [[its last words on stderr: "socket: Too many open files"]] },
        ["filtered-is-closed"] = { fault = "calls a port closed that does not answer",
          dies_in = "scan/filtered", reason = [[stdout of scanner has no line "21/tcp filtered ftp"]] },
        ["host-order-service"] = { fault = "asks for the service by the port in host byte order",
          dies_in = "scan/states", reason = [[stdout of scanner has no line "20/tcp closed ftp-data"]] },
        ["itself"] = { fault = "takes a socket that is connected to itself for an open port",
          dies_in = "scan/itself", reason = [[stdout of scanner has no line "30000/tcp closed unknown"]] },
        ["last-left-out"] = { fault = "stops before the last port of the range",
          dies_in = "scan/states", reason = [[stdout of scanner does not have "25/tcp closed "]] },
        ["status-counts"] = { fault = "gives the number of ports that it asked as its exit status",
          dies_in = "scan/states", reason = "scanner exited with 6; expected exit status 0" },
        ["stops-at-closed"] = { fault = "stops at the first port that is not open",
          dies_in = "scan/states", reason = [[stdout of scanner does not have "21/tcp open "]] },
        ["timeout-fatal"] = { fault = "takes a port that does not answer for a failure of its own, and exits",
          dies_in = "scan/filtered", reason = [[its last words on stderr: "connect: Operation now in progress"]] },
        ["writable-is-open"] = { fault = "takes a socket that is writable for connected, and never reads SO_ERROR",
          dies_in = "scan/states", reason = [[stdout of scanner does not have "20/tcp closed "]] },
      },
    },
  },
}
