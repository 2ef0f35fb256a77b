-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP message: one message each way, and both end",
  refs = { "recv(2)", "send(2)", "RFC 9293, 3.8" },
  promise = [[
    Wire format. A message is a line: 0 to 100000 bytes of any value but newline, then a newline. The client sends one, the
    server answers with one. What comes behind the newline is no part of the message and is ignored. TCP has no
    messages of its own: a line may come in any number of pieces.

    The server listens on the TCP port it is told, for IPv4 and IPv6, on every address, with a backlog of 5, and serves one
    client. It receives the message, prints it, takes a line of standard input and sends it as the answer. Then it ends
    its side with FIN, reads and forgets what else the client sends until the client has ended too, and exits with 0: it sends
    no RST that could take the answer with it, and what becomes of the connection after the answer was sent is no failure. Prints, each line at once:
      listening on port PORT
      connected from ADDRESS:PORT       (IPv6 addresses in brackets, IPv4 ones as IPv4)
      message: TEXT                     byte for byte, without more
      answered                          when the answer was sent

    The client is told an address or name, and a port; it tries each address of the name. It connects, takes a line of standard
    input, sends it, waits for the answer's newline (not for the server's end), prints it, and exits with 0. Prints, each line at once:
      connected to ADDRESS:PORT         (the address that answered)
      answer: TEXT                      byte for byte

    Exit status 1, and one of these lines on stderr, when
      no message: the client ended first      (server) also when a part of the message came
      lost ADDRESS:PORT: ERRNO                (server) the connection broke before the answer was sent, even before it was accepted
      no answer to send                       (server) standard input ended
      message too long                        (server)
      cannot connect to ADDRESS port PORT: ERRNO    (client)
      no message to send                      (client) standard input ended
      no answer: the server ended first       (client) also when a part of the answer came
      answer too long                         (client)
      connection lost: ERRNO                  (client)
    with the name of the errno, such as ECONNRESET (of several addresses the last one's), or the words of gai_strerror(3); and
    with a line of its own when another call failed. Exit status 2, and a line that begins with "usage:" on stderr, when the
    number of arguments is wrong, or the server's port is no number from 1 to 65535.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port}",
      port = 12345,
      implementations = { reference = { program = "server" } },
      faulty = {
        ["answered-early"] = { program = "server-answered-early", fault = "prints that it has answered before it has the answer",
          dies_in = "close/nothing-to-say", reason = [[stdout of server has "answered" at byte]] },
        ["empty-message"] = { program = "server-empty-message", fault = "takes the 0 of recv() for an empty message, and waits for an answer to it",
          dies_in = "backlog/message-gone", reason = [[server is still running …; expected exit status 1; its last words on stdout: "message: "]] },
        ["exit-zero"] = { program = "server-exit-zero", fault = "ends with status 0 also when it failed",
          dies_in = "backlog/message-gone", reason = "server exited with 0; expected exit status 1" },
        ["fails-always"] = { program = "server-fails-always", fault = "ends with status 1 also when all went well",
          dies_in = "backlog/message-gone", reason = "server exited with 1; expected exit status 0" },
        ["gone-peer"] = { program = "server-gone-peer", fault = "asks getpeername() for the client's name, and gives up on a client that has reset in the backlog",
          dies_in = "backlog/message-gone", reason = [[stdout of server has no line "connected from …"; server exited with 1]] },
        ["greets"] = { program = "server-greets", fault = "says a word to its client first",
          dies_in = "data/message-in-pieces", reason = [[c: recv = 8 "welcome\n"; expected nothing to read]] },
        ["one-recv"] = { program = "server-one-recv", fault = "takes the first recv() for the whole message",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "message: hello, server"]] },
        ["overflow"] = { program = "server-overflow", fault = "has room for 31 bytes and does not look: a longer message is written over what lies behind",
          dies_in = "data/message-in-pieces", reason = [[its last words on stderr: "recv: Bad file descriptor"]] },
        ["sends-nul"] = { program = "server-sends-nul", fault = "sends the NUL that ends its string along with the answer",
          dies_in = "data/message-in-pieces", reason = [[c: recv = 1 "\x00"; expected the end of the stream]] },
        ["stale-bytes"] = { program = "server-stale-bytes", fault = "does not end its string behind what it received: what the buffer held before shows",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "message: "]] },
        ["string"] = { program = "server-string", fault = "prints the message as a string: bytes from the first NUL on are not shown",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "message: a \0 and]] },
        ["tells-on-stderr"] = { program = "server-tells-on-stderr", fault = "prints on stderr that it has answered",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "answered"]] },
        ["unflushed"] = { program = "server-unflushed", fault = "does not flush stdout: through a pipe nothing is seen until it ends",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "connected from]] },
        ["unread-reset"] = { program = "server-unread-reset", fault = "closes when it has answered, with the client's bytes unread: that resets the connection",
          dies_in = "close/message-unread", reason = "c: recv = -1 ECONNRESET; expected the end of the stream" },
        ["waits-for-end"] = { program = "server-waits-for-end", fault = "takes the end of the stream for the end of the message: both sides wait for ever",
          dies_in = "data/message-in-pieces", reason = [[stdout of server has no line "message: hello, server"]] },
      },
    },
    client = {
      command = "{program} {address} {port}",
      defaults = { port = 12345 },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["closes"] = { program = "client-closes", fault = "closes its socket where it has said all: the answer cannot be read any more",
          dies_in = "data/answer-cut-short", reason = [[client exited with 1; expected it to go on; its last words on stderr: "connection lost: EBADF"]] },
        ["empty-line"] = { program = "client-empty-line", fault = "takes the end of its input for an empty line, and sends that",
          dies_in = "close/nothing-to-say", reason = [[client is still running …; expected exit status 1; its last words on stdout: "connected to]] },
        ["errors-on-stdout"] = { program = "client-errors-on-stdout", fault = "says on stdout what it should say on stderr",
          dies_in = "connect/refused-message", reason = [[stderr of client has no line "cannot connect]] },
        ["exit-zero"] = { program = "client-exit-zero", fault = "says that it cannot connect, and exits with 0",
          dies_in = "connect/refused-message", reason = [[client exited with 0; expected exit status 1; its last words on stderr: "cannot connect to]] },
        ["fixed-buffer"] = { program = "client-fixed-buffer", fault = "has room for 31 bytes of input: the rest of a longer line is not sent",
          dies_in = "data/answer-in-pieces", reason = "s: recv: 31 of 142 bytes" },
        ["hides-end"] = { program = "client-hides-end", fault = "prints whatever it has when the stream ends or breaks, and reports success",
          dies_in = "data/answer-cut-short", reason = [[client exited with 0; expected exit status 1; its last words on stdout: "answer: ]] },
        ["never-ends"] = { program = "client-never-ends", fault = "has its answer, and waits for the server to end first: its own side it never ends",
          dies_in = "data/answer-in-pieces", reason = [[client is still running …; expected exit status 0; its last words on stdout: "answer: the \x00 answer"]] },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): 12345 becomes 14640",
          dies_in = "connect/refused-message", reason = "flow 1 to port 12345: no packet was seen; there are some to port 14640 (12345 with its two bytes swapped: htons(3) is missing)" },
        ["no-newline"] = { program = "client-no-newline", fault = "sends its line without the newline: the server waits for more",
          dies_in = "data/answer-in-pieces", reason = "s: recv: 141 of 142 bytes" },
        ["one-recv"] = { program = "client-one-recv", fault = "takes the first recv() for the whole answer",
          dies_in = "data/answer-in-pieces", reason = [[client exited with 0; expected it to go on; its last words on stdout: "answer: t"]] },
        ["sends-nul"] = { program = "client-sends-nul", fault = "sends the NUL that ends its string along with the message",
          dies_in = "data/answer-in-pieces", reason = [[s: recv = 1 "\x00"; expected nothing to read]] },
        ["short-send"] = { program = "client-short-send", fault = "sends without waiting, and does not look how much was taken",
          dies_in = "data/message-long", reason = "s: recv: … of 60001 bytes" },
        ["speaks-first"] = { program = "client-speaks-first", fault = "says hello before its user has said anything",
          dies_in = "data/answer-in-pieces", reason = [[s: recv = 6 "hello\n"; expected nothing to read]] },
        ["spins"] = { program = "client-spins", fault = "makes its input non-blocking, and asks again at once when there is none",
          dies_in = "close/nothing-to-say", reason = "client never sleeps: it has used" },
        ["waits-for-end"] = { program = "client-waits-for-end", fault = "takes the end of the stream for the end of the answer: the server need not end first",
          dies_in = "data/answer-in-pieces", reason = [[stdout of client has no line "answer: the …answer"]] },
      },
    },
  },
}
