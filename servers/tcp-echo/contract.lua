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
        ["closes-on-eof-early"] = "closes as soon as the client has said all, with what it still holds for it unsent",
        ["descriptor-leak"] = "does not close the descriptor of a client that was lost",
        ["dies-on-reset"] = "exits, with every client, when recv() gives ECONNRESET of one of them",
        ["eintr-exit"] = "takes EINTR of accept() for a failure: the first child that ends stops the server",
        ["gone-peer-exit"] = "exits when getpeername() fails for a client that reset its connection in the backlog",
        ["host-order-port"] = "puts the port into the address without htons(): 8080 becomes 36895",
        ["ignores-backlog"] = "listens with a backlog of its own, whatever it was told",
        ["ipv4-only"] = "listens on IPv4 alone",
        ["ipv6-only"] = "sets IPV6_V6ONLY, so that IPv4 clients are refused",
        ["loopback-only"] = "binds to 127.0.0.1: no other host can reach it",
        ["no-reuseaddr"] = "does not set SO_REUSEADDR: it cannot start again while old connections are in TIME-WAIT",
        ["one-recv"] = "takes the first recv() for the whole of what the client says, then closes",
        ["parent-keeps-fd"] = "the parent keeps its copy of each accepted descriptor, so that no client ever sees FIN",
        ["reset-on-half-close"] = "takes POLLRDHUP for the end of the connection: closes with unread data, which resets it",
        ["sends-nul"] = "sends the NUL that ends its string along with every answer",
        ["short-send"] = "takes it that send() took all it was given: what the socket had no room for is lost",
        ["sigpipe-death"] = "lets SIGPIPE kill it, with every client, when one client leaves early",
        ["spin-on-eof"] = "takes the 0 of recv() for \"nothing yet\": never closes, and poll() never waits again",
        ["string-echo"] = "measures what it received with strlen(): bytes from the first NUL on are lost",
        ["unflushed"] = "does not flush stdout: through a pipe its lines come at exit, if ever",
        ["whole-buffer"] = "sends its whole buffer, not just the bytes that it received",
        ["zombies"] = "never waits for its children: each client leaves a zombie",
      },
    },
  },
}
