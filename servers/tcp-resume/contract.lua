-- SPDX-License-Identifier: MIT
return contract {
  title = "TCP file transfer that goes on where it broke off",
  promise = [[
    Wire format. The client sends a command of two bytes: "0" and NUL asks for the whole file; "1" and NUL
    asks for the file from an offset, which follows as ten bytes: decimal digits, then NULs. The server
    answers with the bytes of the file from there and closes; that close is the end of the file, there is
    no length on the wire. A request that makes no sense, an offset past the end among them, gets no byte.

    The server serves one client after the other. Whatever a client does (leaves in the middle, breaks
    off before its request is whole) the next one is served. Each request reads the file anew.

    The client, when FILE is there, asks from FILE's size, otherwise for the whole; it never asks for, nor
    changes, a byte that it has. Every byte is kept as soon as it has come. Exit status: 0 when the server
    closed, 2 when the connection broke (what came is kept), 1 when there was none.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port} {file}",
      port = 5001,
      defaults = { file = "source_file" },
      implementations = { reference = { program = "server" } },
      faulty = {
        ["atoi"] = { program = "server-atoi", fault = "makes the number of an offset with atoll(3): what is none is 0, and the whole file is sent",
          dies_in = "transfer/rude-clients", reason = "expected the end of the stream (recv = 0)" },
        ["dies"] = { program = "server-dies", fault = "lets SIGPIPE kill it when a client leaves in the middle of the file",
          dies_in = "transfer/rude-clients", reason = "server was killed by SIGPIPE" },
        ["exits-on-loss"] = { program = "server-exits-on-loss", fault = "exits when a client breaks the connection",
          dies_in = "transfer/rude-clients", reason = [[server exited with 1; expected it to go on; its last words on stderr: "send: Broken pipe"]] },
        ["off-by-one"] = { program = "server-off-by-one", fault = "counts bytes from one: an offset of 100 gets the file from its 102nd byte on",
          dies_in = "transfer/partial-resume", reason = "bytes server > client is 254; expected is 255" },
        ["one-client"] = { program = "server-one-client", fault = "ends after its first client",
          dies_in = "transfer/rude-clients", reason = "server exited with 0; expected it to go on" },
        ["one-recv"] = { program = "server-one-recv", fault = "takes one recv() for a whole field: an offset that comes in two segments is cut",
          dies_in = "transfer/rude-clients", reason = [[piecemeal: recv = 0 ""; expected nothing to read]] },
        ["past-end"] = { program = "server-past-end", fault = "sends the whole file when the offset is past its end",
          dies_in = "transfer/partial-resume", reason = "bytes server > client is 255; expected is 0" },
        ["short-send"] = { program = "server-short-send", fault = "sends without waiting or looking how much was taken: a slow client gets holes",
          dies_in = "transfer/rude-clients", reason = "next: recv = 0 (end of stream) after … of 100000 bytes" },
        ["spin-on-eof"] = { program = "server-spin-on-eof", fault = "spins for ever when a client leaves before its request is whole",
          dies_in = "transfer/rude-clients", reason = "server never sleeps: it has used" },
        ["strlen"] = { program = "server-strlen", fault = "measures each chunk of the file with strlen(): a binary file loses bytes behind a NUL",
          dies_in = "transfer/partial-resume", reason = "bytes server > client is 187; expected is 255" },
        ["whole-file"] = { program = "server-whole-file", fault = "reads the offset and then sends the whole file",
          dies_in = "transfer/partial-resume", reason = "bytes server > client is 255; expected is 0" },
      },
    },
    client = {
      command = "{program} {address} {port} {file}",
      defaults = { file = "destination_file" },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["append-full"] = { program = "client-append-full", fault = "has a part, asks for the whole file all the same, and appends it",
          dies_in = "transfer/partial-resume", reason = "bytes client > server is 2; expected is 12" },
        ["hides-interruption"] = { program = "client-hides-interruption", fault = "takes a broken connection for the end of the file: reports success",
          dies_in = "transfer/partial-resume", reason = "cut-short exited with 0; expected exit status 2" },
        ["host-endian"] = { program = "client-host-endian", fault = "sends the offset as this machine's binary integer, not as decimal digits",
          dies_in = "transfer/partial-resume", reason = [[is "1\x00\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00"; expected is "1\x00255]] },
        ["ignores-refusal"] = { program = "client-ignores-refusal", fault = "does not look at what connect() returned",
          dies_in = "connect/refused-client", reason = [[client exited with 2; expected exit status 1; its last words on stdout: "interrupted after 0 bytes: EPIPE"]] },
        ["keeps-nothing"] = { program = "client-keeps-nothing", fault = "collects everything in memory and writes at the end: an interruption loses all",
          dies_in = "transfer/partial-resume", reason = [[file destination_file is ""; expected is … (127 bytes)]] },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): 5001 becomes 35091",
          dies_in = "connect/refused-client", reason = "flow 1 to port 5001: no packet was seen; there are some to port 35091 (5001 with its two bytes swapped: htons(3) is missing)" },
        ["off-by-one"] = { program = "client-off-by-one", fault = "asks from the byte behind the one that it needs",
          dies_in = "transfer/partial-resume", reason = [[is "1\x00256\x00\x00\x00\x00\x00\x00\x00"; expected is "1\x00255]] },
        ["one-recv"] = { program = "client-one-recv", fault = "takes the first recv() for the whole file",
          dies_in = "transfer/partial-resume", reason = "bytes server > client is … expected is 1048576" },
        ["short-field"] = { program = "client-short-field", fault = "sends the offset without padding: the server waits for the rest of ten bytes",
          dies_in = "transfer/partial-resume", reason = "bytes client > server is 5; expected is 12" },
        ["status-counts"] = { program = "client-status-counts", fault = "gives the number of bytes that it received as its exit status",
          dies_in = "transfer/partial-resume", reason = [[expected exit status 0; its last words on stdout: "received]] },
        ["string-write"] = { program = "client-string-write", fault = "writes each chunk as a string: a binary file loses bytes behind a NUL",
          dies_in = "transfer/partial-resume", reason = "file destination_file is … (187 bytes); expected is … (255 bytes)" },
        ["truncates"] = { program = "client-truncates", fault = "empties the file when it opens it, then asks only for the part that was missing",
          dies_in = "transfer/partial-resume", reason = [[file destination_file is ""; expected is "\xc6" within]] },
      },
    },
  },
}
