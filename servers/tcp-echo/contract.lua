-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP echo: what a client sends comes back to it",
  refs = { "RFC 862" },
  promise = [[
    Listens on the TCP port it is told, for IPv4 and IPv6, on every address, with the backlog it is told.
    Whatever a client sends, bytes of any value, is sent back unchanged and in order, to each client
    its own, several at once. When a client has ended its side, everything it sent is still echoed; then
    the connection is closed with FIN, never with RST, and nothing of it is left: no process, no
    descriptor. A client that breaks off, even one that was gone before it was accepted, disturbs nobody.
    Sleeps when there is nothing to do. Once it has listened it goes on until a signal ends it, and can
    be started again on the same port at once.

    Prints, each line at once:
      connected from ADDRESS:PORT       (IPv6 addresses in brackets)
      disconnected from ADDRESS:PORT    when the client had ended and everything was echoed
      lost ADDRESS:PORT: ERRNO          when the connection broke
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port} {backlog}",
      port = 7,
      defaults = { backlog = 4096 },
      implementations = {
        epoll = {}, fork = {}, poll = {}, threads = {},
        -- one client after the other: what needs an answer for a second client while a first one stays cannot be asked of it
        -- (the last is an example in docs/scenarios.md)
        iterative = { declines = { "accept/many-at-once", "accept/backlog-is-no-limit", "accept/slow-reader", "backlog/overflow", "verbs-of-t" } },
      },
      faulty = {
        ["accept-error-exit"] = { fault = "takes any failure of accept() but EINTR for its own end: one client that broke off is enough",
          dies_in = "accept/fails-once", reason = [[its last words on stderr: "accept: Software caused connection abort"]] },
        ["address-length"] = { fault = "does not say accept() how long its address buffer is: the first client has no name",
          dies_in = "connect/announced", reason = [[stdout of server has no line "connected from]] },
        ["backlog-as-limit"] = { fault = "takes the backlog for the number of clients that may be served, and turns the others away",
          dies_in = "accept/backlog-is-no-limit", reason = "c2: recv = … after 0 of 7 bytes" },
        ["busy-wait"] = { fault = "polls with a timeout of 0, round and round: it never sleeps",
          dies_in = "accept/many-at-once", reason = "server never sleeps: it has used" },
        ["child-crash"] = { fault = "takes it that each address has a scope behind a %: its children crash when their client is served, and nobody looks how they ended",
          needs = { "accounting" }, dies_in = "close/half-close", reason = "a child of server crashed: it was killed by SIGSEGV" },
        ["closes-on-eof-early"] = { fault = "closes as soon as the client has said all, with what it still holds for it unsent",
          dies_in = "close/half-close", reason = "recv = 0 (end of stream) after 0 of 14 bytes" },
        ["descriptor-leak"] = { fault = "does not close the descriptor of a client that was lost",
          dies_in = "backlog/disconnect-echo", reason = "server open sockets is 3; expected is 1" },
        ["dies-on-reset"] = { fault = "exits, with every client, when recv() gives ECONNRESET of one of them",
          dies_in = "backlog/disconnect-echo", reason = [[server exited with 1; expected it to go on; its last words on stderr: "recv: Connection reset by peer"]] },
        ["edge-once"] = { fault = "is told of arrivals by edge, reads once for each, and leaves what did not fit",
          dies_in = "data/all-at-once", reason = "c: recv: 16384 of 60000 bytes" },
        ["eintr-exit"] = { fault = "takes EINTR of accept() for a failure: the first child that ends stops the server",
          dies_in = "close/half-close", reason = [[its last words on stderr: "accept: Interrupted system call"]] },
        ["gone-peer-exit"] = { fault = "exits when getpeername() fails for a client that reset its connection in the backlog",
          dies_in = "backlog/disconnect-echo", reason = [[its last words on stderr: "getpeername: Transport endpoint is not connected"]] },
        ["host-order-port"] = { fault = "puts the port into the address without htons(): 8080 becomes 36895",
          dies_in = "connect/announced", reason = "it listens on [::]:1792, not on port 7 (7 with its two bytes swapped" },
        ["ignores-backlog"] = { fault = "listens with a backlog of its own, whatever it was told",
          dies_in = "backlog/overflow", reason = "server queue is { limit = 4096, waiting = 0 }; expected is { limit = 1," },
        ["ipv4-only"] = { fault = "listens on IPv4 alone",
          dies_in = "connect/announced", reason = "it listens on 0.0.0.0:7 only: an IPv6 client cannot reach it" },
        ["ipv6-only"] = { fault = "sets IPV6_V6ONLY, so that IPv4 clients are refused",
          dies_in = "connect/announced", reason = "it listens on [::]:7 only: an IPv4 client cannot reach it" },
        ["lines-only"] = { fault = "reads with fgets(): what is not ended by a newline is never echoed",
          dies_in = "data/all-at-once", reason = "c: recv: 0 of 1 bytes" },
        ["loopback-only"] = { fault = "binds to 127.0.0.1: no other host can reach it",
          dies_in = "connect/announced", reason = "it listens on 127.0.0.1:7 only" },
        ["minus-one-length"] = { fault = "uses what recv() returned as a length even when it is -1",
          dies_in = "connect/announced", reason = [[stdout of server has no line "lost]] },
        ["no-reuseaddr"] = { fault = "does not set SO_REUSEADDR: it cannot start again while old connections are in TIME-WAIT",
          dies_in = "connect/server-killed", reason = [[again exited with 1 before it listened; its last words on stderr: "bind: Address already in use"]] },
        ["one-blocks-all"] = { fault = "its send() waits: a client that does not read stops the server for all",
          dies_in = "accept/slow-reader", reason = "quick: recv: 0 of 12 bytes" },
        ["one-recv"] = { fault = "takes the first recv() for the whole of what the client says, then closes",
          dies_in = "close/half-close", reason = "recv = 0 (end of stream) after 0 of 7 bytes" },
        ["parent-closes-listener"] = { fault = "the parent closes the listening socket, not its copy of the accepted one",
          dies_in = "accept/one-after-another", reason = [[server exited with 1; expected it to go on; its last words on stderr: "accept: Bad file descriptor"]] },
        ["parent-keeps-fd"] = { fault = "the parent keeps its copy of each accepted descriptor, so that no client ever sees FIN",
          dies_in = "close/half-close", reason = "c: no end of stream within … s; expected recv = 0" },
        ["recv-eintr"] = { fault = "takes EINTR of recv() for the end of a connection",
          dies_in = "data/interrupted-calls", reason = "c: recv = … after 0 of 5 bytes" },
        ["reset-on-half-close"] = { fault = "takes POLLRDHUP for the end of the connection: closes with unread data, which resets it",
          dies_in = "close/half-close", reason = "recv = -1 ECONNRESET after 0 of 14 bytes" },
        ["send-eintr"] = { fault = "takes EINTR of send() for a client that is gone",
          dies_in = "data/interrupted-calls", reason = "recv = 0 (end of stream) after 0 of 5 bytes" },
        ["select-set-not-rebuilt"] = { fault = "gives select() its own set, which select() changes: who was quiet once is never looked at again",
          dies_in = "accept/one-after-another", reason = "second: recv: 0 of 13 bytes" },
        ["sends-nul"] = { fault = "sends the NUL that ends its string along with every answer",
          dies_in = "connect/announced", reason = [[recv = 1 "\x00"; expected the end of the stream]] },
        ["serial-server"] = { fault = "forks for each client, then waits for that child before it accepts another",
          dies_in = "accept/many-at-once", reason = "c2: recv: 0 of 10 bytes" },
        ["shared-descriptor"] = { fault = "gives each thread a pointer to the one variable that accept() writes: threads change clients",
          dies_in = "accept/many-at-once", reason = "c1: recv: 0 of 11 bytes" },
        ["short-send"] = { fault = "takes it that send() took all it was given: what the socket had no room for is lost",
          dies_in = "close/half-close-late", reason = "what c received differs from byte" },
        ["sigpipe-death"] = { fault = "lets SIGPIPE kill it, with every client, when one client leaves early",
          dies_in = "backlog/disconnect-echo", reason = "server was killed by SIGPIPE" },
        ["spin-on-eof"] = { fault = "takes the 0 of recv() for \"nothing yet\": never closes, and poll() never waits again",
          dies_in = "close/half-close", reason = "server never sleeps: it has used" },
        ["string-echo"] = { fault = "measures what it received with strlen(): bytes from the first NUL on are lost",
          dies_in = "close/half-close", reason = "recv = 0 (end of stream) after 8 of 14 bytes" },
        ["unflushed"] = { fault = "does not flush stdout: through a pipe its lines come at exit, if ever",
          dies_in = "connect/announced", reason = [[stdout of server has no line "connected from]] },
        ["whole-buffer"] = { fault = "sends its whole buffer, not just the bytes that it received",
          dies_in = "connect/announced", reason = [[recv = 1019 "\x00\x00]] },
        ["zombies"] = { fault = "never waits for its children: each client leaves a zombie",
          dies_in = "close/half-close", reason = "server children is { alive = 0, zombies = 1 }" },
      },
    },
  },
}
