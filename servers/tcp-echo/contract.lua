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
  roles = {
    server = {
      command = "{program} {port} {backlog}",
      port = 7,
      defaults = { backlog = 4096 },
      implementations = { fork = {}, poll = {}, threads = {} },
      faulty = {
        ["closes-on-eof-early"] = { fault = "closes as soon as the client has said all, with what it still holds for it unsent",
          dies_in = "close/half-close", reason = "recv = 0 (end of stream) after 0 of 14 bytes" },
        ["descriptor-leak"] = { fault = "does not close the descriptor of a client that was lost",
          dies_in = "backlog/disconnect-echo", reason = "server open sockets is 3; expected is 1" },
        ["dies-on-reset"] = { fault = "exits, with every client, when recv() gives ECONNRESET of one of them",
          dies_in = "backlog/disconnect-echo", reason = [[server exited with 1; expected it to go on; its last words on stderr: "recv: Connection reset by peer"]] },
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
        ["loopback-only"] = { fault = "binds to 127.0.0.1: no other host can reach it",
          dies_in = "connect/announced", reason = "it listens on 127.0.0.1:7 only" },
        ["no-reuseaddr"] = { fault = "does not set SO_REUSEADDR: it cannot start again while old connections are in TIME-WAIT",
          dies_in = "connect/server-killed", reason = [[again exited with 1 before it listened; its last words on stderr: "bind: Address already in use"]] },
        ["one-recv"] = { fault = "takes the first recv() for the whole of what the client says, then closes",
          dies_in = "close/half-close", reason = "recv = 0 (end of stream) after 0 of 7 bytes" },
        ["parent-keeps-fd"] = { fault = "the parent keeps its copy of each accepted descriptor, so that no client ever sees FIN",
          dies_in = "close/half-close", reason = "no end of stream" },
        ["reset-on-half-close"] = { fault = "takes POLLRDHUP for the end of the connection: closes with unread data, which resets it",
          dies_in = "close/half-close", reason = "recv = -1 ECONNRESET after 0 of 14 bytes" },
        ["sends-nul"] = { fault = "sends the NUL that ends its string along with every answer",
          dies_in = "connect/announced", reason = [[recv = 1 "\x00"; expected the end of the stream]] },
        ["short-send"] = { fault = "takes it that send() took all it was given: what the socket had no room for is lost",
          dies_in = "close/half-close-late", reason = "what c received differs from byte" },
        ["sigpipe-death"] = { fault = "lets SIGPIPE kill it, with every client, when one client leaves early",
          dies_in = "backlog/disconnect-echo", reason = "server was killed by SIGPIPE" },
        ["spin-on-eof"] = { fault = "takes the 0 of recv() for \"nothing yet\": never closes, and poll() never waits again",
          dies_in = "close/half-close", reason = "server never sleeps" },
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
