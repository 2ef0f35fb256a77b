-- SPDX-License-Identifier: MIT
return contract {
  title = "UDP echo: each datagram comes back to whoever sent it",
  refs = { "RFC 862", "udp(7)" },
  promise = [[
    Server: PROGRAM PORT. Binds the UDP port it is told, for IPv4 and IPv6, on every address. Each datagram
    goes back to the address and port that it came from, as one datagram with the same bytes, whatever their
    values, whatever their number: none (an empty datagram ends nothing) up to what UDP can carry, 65507 bytes
    over IPv4 and 65527 over IPv6. Any number of peers, each its own. Sleeps when there is nothing to do;
    goes on until a signal ends it. Prints, each line at once:
      ADDRESS:PORT N bytes                 for each datagram (IPv6 addresses in brackets)
      cannot answer ADDRESS:PORT: ERRNO    when sending fails; it goes on

    Client: PROGRAM ADDRESS PORT TIMEOUT. Sends each line of its standard input, of any length, without its
    newline, as one datagram; an empty line is an empty datagram. Then it waits for the answer, TIMEOUT milliseconds at
    the most, before it reads the next line. Nothing is sent twice. An answer is what comes from that address and
    port with the very bytes that were sent; whatever else comes from there is a late or doubled answer to an earlier line
    and does not end the waiting; what comes from anywhere else is not heard. Prints, each line at once, any number of
      stale: BYTES                   for what was not the answer
    and one of
      answer: BYTES
      no answer within TIMEOUT ms
      refused                        an ICMP error said that nobody is there; it does not wait any longer
      too long: N bytes              the kernel takes no datagram of this size; nothing is sent
    and goes on with the next line. Exit status at the end of input: 0 when each line had its answer, 3 when
    one had not; 1 for any other failure, with words on stderr; 2 for a wrong command line.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port}",
      port = 8888,
      transport = "udp",
      implementations = { reference = { program = "server" } },
      faulty = {
        ["address-length"] = { program = "server-address-length", fault = "does not tell recvfrom() how much room the address has: it learns of nobody",
          dies_in = "udp/echo", reason = "c: recv: 0 of 512 bytes within" },
        ["connects"] = { program = "server-connects", fault = "connects its socket to its first peer: to everybody else the port is closed",
          dies_in = "udp/two-peers", reason = "b: recv = -1 ECONNREFUSED after 0 of 2 bytes" },
        ["ends-on-empty"] = { program = "server-ends-on-empty", fault = "takes an empty datagram for the end: the 0 of recvfrom() is no end of stream here",
          dies_in = "udp/echo", reason = "c: recv: no datagram within" },
        ["first-peer"] = { program = "server-first-peer", fault = "answers whoever came first, whoever asks",
          dies_in = "udp/two-peers", reason = "b: recv: 0 of 2 bytes within" },
        ["ipv4-room"] = { program = "server-ipv4-room", fault = "has room for the largest datagram of IPv4; over IPv6 there may be 20 bytes more",
          dies_in = "udp/echo", reason = "what c received has only the first 65507 of 65527 expected bytes" },
        ["small-buffer"] = { program = "server-small-buffer", fault = "has room for 512 bytes: a longer datagram comes back without its end",
          dies_in = "udp/echo", reason = "what c received has only the first 512 of 513 expected bytes" },
        ["spins"] = { program = "server-spins", fault = "asks with MSG_DONTWAIT, round and round",
          dies_in = "udp/two-peers", reason = "server never sleeps: it has used" },
        ["string-echo"] = { program = "server-string-echo", fault = "measures what it received with strlen(): bytes from the first NUL on are lost",
          dies_in = "udp/echo", reason = "what c received has only the first 1 of 3 expected bytes" },
      },
    },
    client = {
      command = "{program} {address} {port} {timeout}",
      defaults = { timeout = 5000 },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["keeps-newline"] = { program = "client-keeps-newline", fault = "asks with the newline that ends its line",
          dies_in = "udp/stranger", reason = [[the value is "the question\n"; expected is "the question"]] },
        ["loses-line"] = { program = "client-loses-line", fault = "takes an earlier refusal, told by send(), for its own: the line is not sent",
          dies_in = "udp/refused-client", reason = "s: recv: 0 of 8 bytes within" },
        ["repeats"] = { program = "client-repeats", fault = "asks once more when no answer came, and says so only then",
          dies_in = "udp/lost", reason = [[s: recv = 5 "first"; expected nothing to read]] },
        ["short-line"] = { program = "client-short-line", fault = "reads lines into 512 bytes: a longer one becomes several datagrams",
          dies_in = "udp/lines", reason = "what s received has only the first 511 of 1400 expected bytes" },
        ["status-counts"] = { program = "client-status-counts", fault = "gives the number of its questions as its exit status",
          dies_in = "udp/stranger", reason = "client exited with 1; expected exit status 0" },
        ["string-line"] = { program = "client-string-line", fault = "measures its line with strlen(): what stands behind a NUL is not sent",
          dies_in = "udp/lines", reason = "what s received has only the first 3 of 6 expected bytes" },
        ["takes-anything"] = { program = "client-takes-anything", fault = "takes whatever comes next for the answer to what it asked last",
          dies_in = "udp/duplicated", reason = [[stdout of client has no line "answer: two"]] },
        ["too-long"] = { program = "client-too-long", fault = "takes a datagram that was too long to be sent for sent, and waits for its answer",
          dies_in = "udp/lines", reason = [[stdout of client has no line "too long: 65528 bytes"]] },
        ["unconnected"] = { program = "client-unconnected", fault = "does not connect its socket: hears strangers, and never of a refusal",
          dies_in = "udp/refused-client", reason = [[stdout of client has no line "refused"]] },
        ["waits-forever"] = { program = "client-waits-forever", fault = "waits for each answer without a limit: one lost datagram is the end",
          dies_in = "udp/lost", reason = [[stdout of client has no line "no answer within 40 ms"]] },
      },
    },
  },
}
