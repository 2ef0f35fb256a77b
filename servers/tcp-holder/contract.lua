-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP holder: a connection on which nobody says anything",
  refs = { "accept(2)", "pause(2)" },
  promise = [[
    Nothing is on the wire but the handshake. Both programs sleep, they do not spin, until a signal ends them.

    The server listens on the TCP port it is told, for IPv4 and IPv6, on every address, with a backlog of 5. It accepts
    one client and holds the connection: it never reads, never sends, never closes, whatever the client does; what
    the client sends waits unread in the kernel. Clients that come later wait in the backlog. It can be started again
    on the same port at once. Prints, each line at once:
      listening on port PORT
      connected from ADDRESS:PORT       (IPv6 addresses in brackets, IPv4 ones as IPv4)

    The client is told an address or name, a word, and a port, in this order. It tries each address of the name, and holds the
    connection: it never reads, never sends, never closes. The word is printed, not sent. Prints, each line at once:
      connected to ADDRESS:PORT         (the address that answered)
      holding WORD

    Exit status 1, with a line on stderr, when a call failed; of a client that cannot connect that line is
      cannot connect to ADDRESS port PORT: ERRNO
    with the name of the last address's errno, such as ECONNREFUSED, or the words of gai_strerror(3). Exit status 2, and a line
    that begins with "usage:" on stderr, when the number of arguments is wrong, or the server's port is no number from 1 to 65535.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port}",
      port = 6000,
      implementations = { reference = { program = "server" } },
      faulty = {
        ["accepts-all"] = { program = "server-accepts-all", fault = "goes on accepting: it holds every client, not one",
          dies_in = "accept/second-waits", reason = "server queue is { limit = 5, waiting = 0 }; expected is { limit = 5, waiting = 2 }" },
        ["address-length"] = { program = "server-address-length", fault = "does not say accept() how long its address buffer is: the client has no name",
          dies_in = "accept/program-five-tuple", reason = [[stdout of server does not have "connected from]] },
        ["closes-listener"] = { program = "server-closes-listener", fault = "closes the listening socket once it has its client: the next is refused",
          dies_in = "accept/second-waits", reason = "second: connect(… = -1 ECONNREFUSED" },
        ["ends-with-client"] = { program = "server-ends-with-client", fault = "looks whether its client has ended, and then ends too",
          dies_in = "accept/second-waits", reason = "second: recv = -1 ECONNRESET; expected nothing to read" },
        ["greets"] = { program = "server-greets", fault = "says a word to its client, where nothing is to be said",
          dies_in = "accept/holder-sleeps", reason = [[c: recv = 8 "welcome\n"; expected nothing to read]] },
        ["host-port"] = { program = "server-host-port", fault = "prints the client's port without ntohs(3)",
          dies_in = "accept/program-five-tuple", reason = [[stdout of server has no line "connected from]] },
        ["leaves"] = { program = "server-leaves", fault = "ends when it has printed its client: nothing is held",
          dies_in = "accept/holder-sleeps", reason = [[server exited with 0; expected it to go on; its last words on stdout: "connected from]] },
        ["loopback-only"] = { program = "server-loopback-only", fault = "binds to the one address 127.0.0.1: no other host can reach it",
          dies_in = "accept/program-five-tuple", reason = "it listens on 127.0.0.1:6000 only" },
        ["no-htons"] = { program = "server-no-htons", fault = "puts the port into the address without htons(3): 6000 becomes 28695",
          dies_in = "accept/program-five-tuple", reason = "it listens on [::]:28695, not on port 6000 (6000 with its two bytes swapped" },
        ["reads"] = { program = "server-reads", fault = "reads what the client sends, and closes when it ends",
          dies_in = "accept/holder-sleeps", reason = [[server sockets is …expected is { { state = "LISTEN" }, { receive_queue = 1]] },
        ["spins"] = { program = "server-spins", fault = "waits in an empty loop: it takes all the processor it can get",
          dies_in = "accept/holder-sleeps", reason = "server never sleeps: it has used" },
      },
    },
    client = {
      command = "{program} {address} {word} {port}",
      defaults = { word = "hello" },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["ignores-refusal"] = { program = "client-ignores-refusal", fault = "does not look at what connect() returned: it holds a socket without a peer",
          dies_in = "connect/refused-holder", reason = [[client is still running …; expected exit status 1; its last words on stdout: "holding hello"]] },
        ["leaves"] = { program = "client-leaves", fault = "ends when it has connected: nothing is held",
          dies_in = "connect/held", reason = [[client exited with 0; expected it to go on; its last words on stdout: "holding hello"]] },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): it connects to 28695, not to 6000",
          dies_in = "connect/held", reason = [[stdout of client has no line "connected to …:6000"; client exited with 1]] },
        ["reads"] = { program = "client-reads", fault = "reads and prints what the server says",
          dies_in = "connect/held", reason = "client sockets is …; expected is { { receive_queue = 14" },
        ["sends-word"] = { program = "client-sends-word", fault = "sends its word, where nothing is to be sent",
          dies_in = "connect/held", reason = [[s: recv = 5 "hello"; expected nothing to read]] },
        ["spins"] = { program = "client-spins", fault = "waits in an empty loop: it takes all the processor it can get",
          dies_in = "connect/held", reason = "client never sleeps: it has used" },
      },
    },
  },
}
