-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP reader: prints what its clients send, one after the other",
  refs = { "RFC 9293" },
  promise = [[
    Listens on a TCP port that the kernel chooses, for IPv4 and IPv6, with the backlog it is told, and prints the port.
    Serves one client after the other; a client that comes meanwhile waits in the backlog, and what it
    sends waits with it, even when it has left by the time it is accepted.

    Prints, each line at once; bytes that are not printable ASCII, and the backslash, as \xNN:
      listening on port PORT
      connected from ADDRESS:PORT       (IPv6 addresses in brackets, IPv4 ones as IPv4)
      received N bytes: TEXT            for each piece as it comes
      end of ADDRESS:PORT               when the client has ended its side
      lost ADDRESS:PORT: ERRNO          when the connection broke
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port} {backlog}",
      port = 0,
      defaults = { backlog = 5 },
      implementations = { reference = { program = "reader" } },
      faulty = {
        ["closes-listener"] = { fault = "closes the listening socket while it serves: who waits in the backlog is reset",
          dies_in = "backlog/disconnect", reason = "next: connect(… = -1 ECONNREFUSED" },
        ["drops-gone-peer"] = { fault = "drops a connection, with its bytes, when getpeername() fails: the peer has reset it",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "connected from]] },
        ["exits-on-reset"] = { fault = "exits when recv() gives ECONNRESET",
          dies_in = "backlog/disconnect", reason = [[ECONNRESET"; server exited with 1]] },
        ["ignores-backlog"] = { fault = "listens with a backlog of its own, whatever it was told",
          dies_in = "backlog/disconnect", reason = "server queue is { limit = 4096, waiting = 1 }; expected is { limit = 4," },
        ["mapped-address"] = { fault = "shows an IPv4 client by its IPv6 name, [::ffff:127.0.0.1]",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "connected from 192.0.2.1:50001"]] },
        ["one-client"] = { fault = "stops after its first client",
          dies_in = "backlog/disconnect", reason = [[server exited with 0; expected it to go on; its last words on stdout: "end of]] },
        ["one-recv"] = { fault = "takes the first recv() for the whole of what the client says",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "received 3 bytes: bye"]] },
        ["stale-bytes"] = { fault = "prints its buffer as a string that it never ends: old bytes show behind new ones",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "received 3 bytes: bye"]] },
        ["string-reader"] = { fault = "prints what it received as a string: bytes from the first NUL on are not shown",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "received 16 bytes: hello,\\x00then gone"]] },
        ["unflushed"] = { fault = "does not flush stdout: through a pipe its lines come at exit, if ever",
          dies_in = "backlog/disconnect", reason = [[stdout of server has no line "listening on port]] },
      },
    },
  },
}
