-- SPDX-License-Identifier: MIT
return contract {
  title = "UDP file transfer that goes on where it broke off, whatever the link does to datagrams",
  refs = { "udp(7)", "RFC 1122, 4.1.1", "RFC 1123, 4.2.3.1" },
  promise = [[
    Wire format. Each datagram begins with 16 bytes, numbers in network byte order:
      0   1 byte    kind: G get, D data, E error
      1   1 byte    mark: of G how many data datagrams at the most, 1 to 255; of D 1 when the file ends with it,
                    otherwise 0; of E the reason
      2   2 bytes   length of the payload that follows
      4   4 bytes   sequence number of the request, from 1 on; D and E repeat it
      8   8 bytes   offset of the payload in the file; E repeats that of the request
    G has no payload. D has 1024 bytes of the file, or less (none at all for an empty rest) when the file ends with it.
    E has the reason in words. A datagram whose length field is not its payload's length, or that is anything else but this,
    is passed over in silence by both.

    Server: PROGRAM PORT FILE. Binds the UDP port for IPv4 and IPv6. Answers each G with the pieces of FILE from its
    offset on, in order, no more than G asks for, the one with the end mark being the last. It keeps nothing of its peers: a
    request that comes twice is answered twice, and it never sends what nobody asked for. An offset past the end gives E 1
    "past the end"; a file that cannot be read E 2 "no file". Each request reads the file anew. Prints for each, at once:
      ADDRESS:PORT request SEQUENCE: COUNT from OFFSET           with ": past the end" or ": no file" behind it

    Client: PROGRAM ADDRESS PORT FILE TIMEOUT TRIES WINDOW. Asks for WINDOW pieces from the first byte that FILE lacks (its size; 0
    when it is not there), takes them in any order, and asks for the next WINDOW when all of them have come. When nothing new
    has come for TIMEOUT milliseconds it asks again, with the next sequence number, for WINDOW pieces from the first byte that is
    missing then. Only that, and a whole window, make it ask: a datagram that it has already is answered by nothing. After TRIES requests in
    a row that brought nothing new it gives up. It takes D and E of any request it has made, from that server alone. FILE
    only grows, and by whole pieces as soon as they join onto it: whenever the client ends, FILE is a beginning of the server's. Prints,
    each line at once:
      have N bytes
      nothing new within TIMEOUT ms, request SEQUENCE    behind each wait that was in vain, but the last
      received N bytes                                   exit status 0: in this run, and the file is whole
      gave up after TRIES requests, received N bytes     exit status 3
      refused: REASON                                    exit status 1: the server's words
    Exit status 1 for any other failure, ICMP's refusal among them, with words on stderr; 2 for a wrong command line.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port} {file}",
      port = 5001,
      transport = "udp",
      defaults = { file = "source_file" },
      implementations = { reference = { program = "server" } },
      faulty = {
        ["all-at-once"] = { program = "server-all-at-once", fault = "sends all the rest of the file, however little it was asked for",
          dies_in = "transfer/udp-server", reason = "(1040 bytes); expected nothing to read" },
        ["answers-anything"] = { program = "server-answers-anything", fault = "takes every datagram for a request, whatever is in it",
          dies_in = "transfer/udp-server", reason = "expected nothing to read" },
        ["host-endian"] = { program = "server-host-endian", fault = "takes the offset as this machine's number, not in network byte order",
          dies_in = "transfer/udp-server", reason = "what other received differs from byte 1 on" },
        ["no-mark"] = { program = "server-no-mark", fault = "marks only a short piece as the end: behind a last whole piece comes an empty one",
          dies_in = "transfer/udp-resume", reason = [[is one too many: 2 packets fit "server > client udp", expected exactly 1]] },
        ["off-by-one"] = { program = "server-off-by-one", fault = "counts bytes from one: each piece begins one byte late",
          dies_in = "transfer/udp-server", reason = "what other received differs from byte 17 on" },
        ["past-end"] = { program = "server-past-end", fault = "answers an offset past the end as if it were the end",
          dies_in = "transfer/udp-resume", reason = [[the value is "4 from 5001"; expected is "4 from 5001: past the end"]] },
        ["silent-refusal"] = { program = "server-silent-refusal", fault = "says nothing to a client that asks for a file that there is not",
          dies_in = "transfer/udp-silence", reason = "client is still running" },
        ["spins"] = { program = "server-spins", fault = "asks with MSG_DONTWAIT, round and round",
          dies_in = "transfer/udp-resume", reason = "server never sleeps: it has used" },
        ["strlen"] = { program = "server-strlen", fault = "measures each piece with strlen(): a binary file loses bytes behind a NUL",
          dies_in = "transfer/udp-server", reason = "what other received differs from byte 3 on" },
      },
    },
    client = {
      command = "{program} {address} {port} {file} {timeout} {tries} {window}",
      defaults = { file = "destination_file", timeout = 5000, tries = 3, window = 4 },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["append-full"] = { program = "client-append-full", fault = "has a part, asks for the whole file all the same, and appends it",
          dies_in = "transfer/udp-resume", reason = [[the value is "4 from 0"; expected is "4 from 2500"]] },
        ["apprentice"] = { program = "client-apprentice", fault = "asks again for each piece that it has already: one double doubles all that follow",
          dies_in = "transfer/udp-disorder", reason = [[packets fit "client > server udp", expected exactly]] },
        ["asks-once"] = { program = "client-asks-once", fault = "never asks again: what is lost is lost",
          dies_in = "transfer/udp-loss", reason = [[client exited with 3; expected exit status 0; its last words on stdout: "gave up after 3 requests, received 2048 bytes"]] },
        ["counts-doubles"] = { program = "client-counts-doubles", fault = "counts what came, not what is new: a piece that comes twice counts twice",
          dies_in = "transfer/udp-disorder", reason = "stdout of client differs from byte 24 on (line 2)" },
        ["counts-from-zero"] = { program = "client-counts-from-zero", fault = "numbers its requests from 0",
          dies_in = "transfer/udp-client", reason = [[the value is "G\x04\x00\x00\x00\x00\x00\x00\x00…; expected is "G\x04\x00\x00\x00\x00\x00\x01\x00]] },
        ["exit-zero"] = { program = "client-exit-zero", fault = "ends with status 0 also when it was refused or nobody is there",
          dies_in = "transfer/udp-silence", reason = "client exited with 0; expected exit status 1" },
        ["holes"] = { program = "client-holes", fault = "writes each piece at its place at once: what is missing between them looks like data",
          dies_in = "transfer/udp-client", reason = "the value is 4096; expected is 0" },
        ["host-endian"] = { program = "client-host-endian", fault = "sends the offset as this machine's number, not in network byte order",
          dies_in = "transfer/udp-resume", reason = [[the value is "4 from 94575592174780416: past the end"; expected is "4 from 20481]] },
        ["never-gives-up"] = { program = "client-never-gives-up", fault = "asks for ever",
          dies_in = "transfer/udp-silence", reason = [[client is still running after … expected exit status 3; its last words on stdout: "nothing new within 40 ms]] },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): 5001 becomes 35091",
          dies_in = "transfer/udp-silence", reason = "flow 1 to port 5001: no packet was seen; there are some to port 35091 (5001 with its two bytes swapped: htons(3) is missing)" },
        ["off-by-one"] = { program = "client-off-by-one", fault = "asks from the byte behind the one that it needs",
          dies_in = "transfer/udp-resume", reason = [[the value is "4 from 2501"; expected is "4 from 2500"]] },
        ["refusal-on-stderr"] = { program = "client-refusal-on-stderr", fault = "says on stderr that it was refused",
          dies_in = "transfer/udp-silence", reason = "stdout of client has only the first 13" },
        ["status-counts"] = { program = "client-status-counts", fault = "gives the number of its requests as its exit status",
          dies_in = "transfer/udp-client", reason = "client exited with 2; expected exit status 0" },
        ["string-write"] = { program = "client-string-write", fault = "writes each piece as a string: a binary file loses bytes behind a NUL",
          dies_in = "transfer/udp-resume", reason = "file destination_file is … (2914 bytes); expected is … (4096 bytes)" },
        ["truncates"] = { program = "client-truncates", fault = "empties the file when it opens it, then asks only for the part that was missing",
          dies_in = "transfer/udp-resume", reason = [[file destination_file is "\xf7"; expected is … (5000 bytes)]] },
        ["trusts-order"] = { program = "client-trusts-order", fault = "takes the pieces for those that come next, without a look at their offsets",
          dies_in = "transfer/udp-disorder", reason = "file destination_file is … (18192 bytes); expected is … (10000 bytes)" },
        ["writes-refusal"] = { program = "client-writes-refusal", fault = "writes the reason of a refusal into the file",
          dies_in = "transfer/udp-silence", reason = "file destination_file is" },
      },
    },
  },
}
