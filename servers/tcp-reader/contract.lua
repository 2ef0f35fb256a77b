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
  roles = {
    server = {
      command = "{program} {port} {backlog}",
      port = 0,
      defaults = { backlog = 5 },
      implementations = { reference = { program = "reader" } },
      faulty = {
        ["closes-listener"] = "closes the listening socket while it serves: who waits in the backlog is reset",
        ["drops-gone-peer"] = "drops a connection, with its bytes, when getpeername() fails: the peer has reset it",
        ["exits-on-reset"] = "exits when recv() gives ECONNRESET",
        ["ignores-backlog"] = "listens with a backlog of its own, whatever it was told",
        ["mapped-address"] = "shows an IPv4 client by its IPv6 name, [::ffff:127.0.0.1]",
        ["one-client"] = "stops after its first client",
        ["one-recv"] = "takes the first recv() for the whole of what the client says",
        ["stale-bytes"] = "prints its buffer as a string that it never ends: old bytes show behind new ones",
        ["string-reader"] = "prints what it received as a string: bytes from the first NUL on are not shown",
        ["unflushed"] = "does not flush stdout: through a pipe its lines come at exit, if ever",
      },
    },
  },
}
