-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP greeter: one line for each client, then the end",
  refs = { "fork(2)", "shutdown(2)", "signal(7)" },
  promise = [[
    Wire format. As soon as the connection stands the server sends the 35 bytes
      This is a test string from server!
    (34 characters and a newline, nothing behind it) and ends its side with FIN. It closes when the client has
    ended its side too; what the client says until then is read and forgotten. It never sends RST.

    The server listens on the TCP port it is told, for IPv4 and IPv6, on every address, with a backlog of 10. It forks for each client;
    any number are served at once, and none waits for another. Of a client that has gone nothing is left: no
    process, no zombie, no descriptor. The processes of clients hold their connection only: when the server is killed, they end
    theirs in peace, and another server can listen on the port at once. A client that breaks off, even one that was
    gone before it was accepted, disturbs nobody. Prints, each line at once:
      listening on port PORT
      connected from ADDRESS:PORT       (IPv6 addresses in brackets, IPv4 ones as IPv4)
      greeted ADDRESS:PORT              when the greeting was sent and the client has ended its side
      lost ADDRESS:PORT: ERRNO          when the connection broke before that

    The client is told an address or name, and a port; it tries each address of the name. It sends nothing. It writes
    the bytes that come to stdout as they are and as they come, whatever their values and number, until the server ends: exit status 0.

    Exit status 1, with a line on stderr, for any failure; of a client these are
      cannot connect to ADDRESS port PORT: ERRNO
      connection lost: ERRNO            when it broke; what had come was written
    with the name of the errno, such as ECONNRESET (of several addresses the last one's), or the words of gai_strerror(3). Exit
    status 2, and a line that begins with "usage:" on stderr, when the number of arguments is wrong, or the server's port is no number from 1 to 65535.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port}",
      port = 3490,
      implementations = { reference = { program = "server" } },
      faulty = {
        ["blocking-reaper"] = { program = "server-blocking-reaper", fault = "waits for all its children in the signal handler: while one lives nobody is accepted",
          dies_in = "accept/greeter-at-once", reason = "comes: recv: 0 of 35 bytes" },
        ["child-stays"] = { program = "server-child-stays", fault = "forgets to end the child: it goes on as one more server",
          dies_in = "accept/greeter-children", reason = "server children is { alive = 3, zombies = 0 }; expected is { alive = 2, zombies = 1 }" },
        ["eintr-exits"] = { program = "server-eintr-exits", fault = "takes EINTR of accept() for a failure: the first child that ends stops the server",
          dies_in = "accept/greeter-children", reason = [[its last words on stderr: "accept: Interrupted system call"]] },
        ["keeps-fd"] = { program = "server-keeps-fd", fault = "the parent keeps its copy of each accepted descriptor",
          dies_in = "accept/greeter-children", reason = "server open sockets is 4; expected is 1" },
        ["keeps-listener"] = { program = "server-keeps-listener", fault = "the child keeps the listening socket: the port is taken as long as it lives",
          dies_in = "close/greeter-again", reason = [[again exited with 1 before it listened; its last words on stderr: "bind: Address already in use"]] },
        ["no-reuseaddr"] = { program = "server-no-reuseaddr", fault = "does not set SO_REUSEADDR: it cannot start again while old connections are in TIME-WAIT",
          dies_in = "close/greeter-again", reason = [[again exited with 1 before it listened; its last words on stderr: "bind: Address already in use"]] },
        ["past-end"] = { program = "server-past-end", fault = "sends 37 bytes, the length of another text: two bytes past the end of its greeting",
          dies_in = "close/greeting-survives", reason = [[c: recv = 2 "\x00\x00"; expected the end of the stream]] },
        ["reaps-one"] = { program = "server-reaps-one", fault = "waits for one child a signal: of children that end together the others stay zombies",
          dies_in = "accept/greeter-children", reason = "server children is { alive = 0, zombies = 2 }; expected is { alive = 0, zombies = 0 }" },
        ["serial"] = { program = "server-serial", fault = "serves one client after the other: a client that stays keeps all others waiting",
          dies_in = "accept/greeter-at-once", reason = "goes: recv: 0 of 35 bytes" },
        ["spins"] = { program = "server-spins", fault = "makes its listening socket non-blocking, and asks again at once when there is nobody",
          dies_in = "accept/greeter-children", reason = "server never sleeps: it has used" },
        ["unflushed-child"] = { program = "server-unflushed-child", fault = "its children leave by _exit(), which flushes nothing: through a pipe their last line is lost",
          dies_in = "close/greeting-survives", reason = [[stdout of server has no line "greeted]] },
        ["unread-reset"] = { program = "server-unread-reset", fault = "closes when it has sent, with the client's bytes unread: that resets the connection",
          dies_in = "close/greeting-survives", reason = "c: recv = -1 ECONNRESET; expected the end of the stream" },
        ["waits-first"] = { program = "server-waits-first", fault = "waits for the client to say something before it greets",
          dies_in = "close/greeting-survives", reason = "c: recv: 0 of 35 bytes" },
        ["whole-buffer"] = { program = "server-whole-buffer", fault = "sends its whole buffer: the greeting and a tail of NULs",
          dies_in = "close/greeting-survives", reason = [[c: recv = 29 "\x00\x00]] },
        ["zombies"] = { program = "server-zombies", fault = "never waits for its children: each client leaves a zombie",
          dies_in = "accept/greeter-children", reason = "server children is { alive = 0, zombies = 3 }; expected is { alive = 0, zombies = 0 }" },
      },
    },
    client = {
      command = "{program} {address} {port}",
      defaults = { port = 3490 },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["errors-on-stdout"] = { program = "client-errors-on-stdout", fault = "says on stdout what it should say on stderr",
          dies_in = "connect/refused-greeter", reason = [[stderr of client has no line "cannot connect]] },
        ["first-address"] = { program = "client-first-address", fault = "tries only the first address of a name",
          dies_in = "connect/second-address", reason = [[its last words on stderr: "cannot connect to greeter.test port 3490: ECONNREFUSED"]] },
        ["hides-reset"] = { program = "client-hides-reset", fault = "takes the -1 of recv() for the end: a broken connection is reported as success",
          dies_in = "data/greeting-in-pieces", reason = [[client exited with 0; expected exit status 1; its last words on stdout: "no newline here"]] },
        ["ignores-refusal"] = { program = "client-ignores-refusal", fault = "does not look at what connect() and recv() returned",
          dies_in = "connect/refused-greeter", reason = "client exited with 0; expected exit status 1" },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): 3490 becomes 41485",
          dies_in = "connect/refused-greeter", reason = "flow 1 to port 3490: no packet was seen; there are some to port 41485 (3490 with its two bytes swapped: htons(3) is missing)" },
        ["one-recv"] = { program = "client-one-recv", fault = "takes the first recv() for all that the server says",
          dies_in = "data/greeting-in-pieces", reason = [[client exited with 0; expected it to go on; its last words on stdout: "T"]] },
        ["reuses-socket"] = { program = "client-reuses-socket", fault = "tries the next address with the socket whose connect() has failed",
          dies_in = "connect/second-address", reason = [[its last words on stderr: "cannot connect to greeter.test port 3490: EINVAL"]] },
        ["speaks-first"] = { program = "client-speaks-first", fault = "says hello first, where the server is to speak",
          dies_in = "data/greeting-in-pieces", reason = [[s: recv = 6 "hello\n"; expected the end of the stream]] },
        ["stale-bytes"] = { program = "client-stale-bytes", fault = "prints its buffer as a string that it never ends: old bytes show behind new ones",
          dies_in = "data/greeting-in-pieces", reason = "stdout of client differs from byte 40 on" },
        ["status-counts"] = { program = "client-status-counts", fault = "gives the number of pieces that came as its exit status",
          dies_in = "data/greeting-in-pieces", reason = "client exited with 5; expected exit status 0" },
        ["string"] = { program = "client-string", fault = "prints what it received as a string: bytes from the first NUL on are not shown",
          dies_in = "data/greeting-in-pieces", reason = [[stdout of client does not have "a \0 in the middle]] },
        ["unflushed"] = { program = "client-unflushed", fault = "does not flush stdout: through a pipe nothing is seen until it ends",
          dies_in = "data/greeting-in-pieces", reason = [[stdout of client does not have "T"]] },
      },
    },
  },
}
