-- SPDX-License-Identifier: MIT
return contract {
  title = "Blocking calls of the sockets API, one for each line of input",
  refs = { "socket(2)", "recv(2)", "send(2)", "socket(7)" },
  promise = [[
    What a scripted socket of the harness does never waits. This program does: it makes each call blocking, with the flags it
    is told, and answers with a line when the call has returned. Scenarios use it for what only a waiting call shows: timeouts,
    low-water marks, MSG_WAITALL, SO_LINGER, SIGPIPE. SIGPIPE is left as it is.

    There is one socket, TCP. A line of input is a call and its words, parted by blanks; the answer is "CALL = RESULT", or
    "CALL = -1 ERRNO", at once:
      socket ipv4|ipv6
      catch [restart]                sigaction(2): SIGUSR1 has a handler that does nothing, with SA_RESTART when told
      connect ADDRESS PORT
      listen ADDRESS PORT            bind(2), then listen(2) with a backlog of 5
      accept                         from then on all calls are of the accepted connection; the listener is closed
      set OPTION VALUE               SO_RCVTIMEO and SO_SNDTIMEO in microseconds; SO_RCVLOWAT, SO_RCVBUF, SO_SNDBUF, SO_OOBINLINE,
                                     TCP_NODELAY
      linger SECONDS                 SO_LINGER, on
      send BYTES [FLAG…]             BYTES without blanks. Flags without MSG_: OOB, PEEK, WAITALL, DONTWAIT, NOSIGNAL, MORE, TRUNC
      send x*1000                    a thousand times x: "send = all" or "send = part", as how much it took is luck
      rest                           what that send did not take, however long that takes: "rest = all"
      write BYTES
      recv N [FLAG…]                 "recv = 5 hello": the first 40 bytes follow the result, all but printable ones (and the blank and
      read N                         the backslash) as \xNN; none with TRUNC, none when the result is 0
      atmark                         sockatmark(3)
      shutdown                       SHUT_WR
      close
    Exit status: 0 at the end of input; 2, with a message on stderr, for a line that is none of these.
  ]],
  roles = {
    caller = {
      command = "{program}",
      host = "client",
      implementations = { reference = { program = "calls" } },
    },
  },
}
