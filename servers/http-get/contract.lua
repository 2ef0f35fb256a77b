-- SPDX-License-Identifier: MIT
return contract {
  title = "HTTP: one file is asked for, and served",
  refs = { "RFC 9110", "RFC 9112" },
  promise = [[
    The client is told an address or a name, a port and a path that begins with "/". It sends one request,
      GET PATH HTTP/1.1
      Host: ADDRESS:PORT        an IPv6 address in brackets; without ":PORT" when it is 80
      Connection: close
    with an empty line behind, each line ended by CR LF. Of the answer it writes the body to stdout as it comes,
    byte for byte, and nothing else. The body is as long as Content-Length says; where there is none it ends
    with the connection; with `Transfer-Encoding: chunked` it is the chunks put together. Names of fields may be
    written in any case; the answer may come in any pieces. When the body is whole the client is done, and
    closes, whether the server does or not. Answers 100 to 199 are passed over; 204 and 304 have no body. On
    stderr it writes
      status CODE                       as soon as the head of the answer is whole
      cut short after N bytes           the connection ended, or broke, before the body was whole
      bad answer: REASON                there was no status line, or the head makes no sense
      cannot connect: REASON            errno's name, or what gai_strerror(3) says
    Exit status: 0 when the status was 200 to 299 and the body whole; 1 when there was no connection; 3 for any
    other status, the body being printed all the same; 4 when the answer was bad or cut short; 2 for wrong use.

    The server listens on the TCP port it is told, for IPv4 and IPv6, and serves the files of a folder. It answers
    one request a connection:
      200   a regular file below the folder; the path is decoded (%41 is A), a query (?…) is left out, and a path
            that ends in "/" means its index.html
      404   there is none
      400   the path has a segment "..", however it is written; the request line is not METHOD TARGET HTTP/1.x with
            a target that begins with "/"; there is no Host, in HTTP/1.1; or the head is longer than 8000 bytes
      501   the method is neither GET nor HEAD
    with CR LF behind each line of the head, Content-Length, the number of bytes of the body, and `Connection: close`.
    Whatever is not 200 has a short text for a body; to HEAD the answer to 200 has none. A request line that makes
    no sense is answered at once; otherwise the head is waited for, in whatever pieces it comes. Then the server ends
    its side with FIN, never with RST, also when the client has sent more than a head. It serves one
    client after the other; whatever one does, the next is served; one that is silent for ten seconds is left.
    It prints, each line at once,
      STATUS TARGET                     of every answer; the target as it came, "-" when there was none
      lost                              the client ended before its request was whole
      lost TARGET                       the client was gone before the answer was sent
    and goes on until a signal ends it.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    client = {
      command = "{program} {address} {port} {path}",
      implementations = { reference = { program = "client" } },
      faulty = {
        ["bare-newlines"] = { program = "client-bare-newlines", fault = "ends the lines of its request with a newline alone",
          dies_in = "http/get", reason = [[a line of the request is not ended by CR LF]] },
        ["case"] = { program = "client-case", fault = "knows the names of fields in one way of writing only",
          dies_in = "http/pieces", reason = [[client is still running after … s; expected exit status 0; its last words on stderr: "status 200"]] },
        ["errors-on-stdout"] = { program = "client-errors-on-stdout", fault = "says on stdout what it should say on stderr: it ends up in the file that is fetched",
          dies_in = "http/get", reason = "stdout of client differs from byte 1 on" },
        ["first-address"] = { program = "client-first-address", fault = "tries the first address of a name only",
          dies_in = "http/refused", reason = [[second exited with 1; expected exit status 0; its last words on stderr: "cannot connect: ECONNREFUSED"]] },
        ["hides-cut"] = { program = "client-hides-cut", fault = "takes an end in the middle of the body for its end",
          dies_in = "http/other-answers", reason = [[client exited with 0; expected exit status 4; its last words on stderr: "status 200"]] },
        ["ignores-refusal"] = { program = "client-ignores-refusal", fault = "does not look at what connect() returned",
          dies_in = "http/refused", reason = [[alone exited with 4; expected exit status 1; its last words on stderr: "bad answer: no status line"]] },
        ["ignores-status"] = { program = "client-ignores-status", fault = "reports success whatever the status",
          dies_in = "http/other-answers", reason = [[client exited with 0; expected exit status 3; its last words on stderr: "status 404"]] },
        ["minus-one"] = { program = "client-minus-one", fault = "takes the -1 of recv() for a number of bytes",
          dies_in = "http/other-answers", reason = [[bytes more than the 10 expected]] },
        ["no-host"] = { program = "client-no-host", fault = "sends no Host",
          dies_in = "http/get", reason = [[the request has no Host]] },
        ["no-htons"] = { program = "client-no-htons", fault = "puts the port into the address without htons(3): 81 becomes 20736",
          dies_in = "http/refused", reason = "second exited with 1; expected exit status 0" },
        ["one-recv"] = { program = "client-one-recv", fault = "takes what the first recv() gives for the whole answer",
          dies_in = "http/pieces", reason = [[client exited with 4; expected it to go on; its last words on stderr: "bad answer: no status line"]] },
        ["prints-head"] = { program = "client-prints-head", fault = "prints the head along with the body",
          dies_in = "http/get", reason = [[stdout of client has 76 bytes more than the 0 expected]] },
        ["string-body"] = { program = "client-string-body", fault = "prints each piece of the body as a string, which ends at the first NUL",
          dies_in = "http/get", reason = [[stdout of client has only the first 187 of 1000 expected bytes]] },
        ["waits-for-close"] = { program = "client-waits-for-close", fault = "reads until the server closes, whatever the length says",
          dies_in = "http/pieces", reason = [[client is still running after … s; expected exit status 0; its last words on stderr: "status 200"]] },
      },
    },
    server = {
      command = "{program} {port} {folder}",
      port = 8080,
      defaults = { folder = "." },
      implementations = { reference = { program = "server" } },
      faulty = {
        ["always-200"] = { program = "server-always-200", fault = "sends its page for a missing file with status 200",
          dies_in = "http/requests", reason = [[the value is 200; expected is 404]] },
        ["bare-newlines"] = { program = "server-bare-newlines", fault = "ends the lines of its answers with a newline alone",
          dies_in = "http/get", reason = [[or its lines not with CR LF]] },
        ["checks-encoded"] = { program = "server-checks-encoded", fault = "looks for \"..\" before it decodes the path",
          dies_in = "http/requests", reason = [[the value is 200; expected is 400]] },
        ["closes-unread"] = { program = "server-closes-unread", fault = "closes with what it did not read: the client is sent RST",
          dies_in = "http/requests", reason = [[the answer ends with ECONNRESET after]] },
        ["dies"] = { program = "server-dies", fault = "lets SIGPIPE kill it when a client leaves before its answer",
          dies_in = "http/rude-clients", reason = [[server was killed by SIGPIPE]] },
        ["folder-above"] = { program = "server-folder-above", fault = "serves whatever the path leads to, also above the folder",
          dies_in = "http/requests", reason = [[the value is 200; expected is 400]] },
        ["length-with-head"] = { program = "server-length-with-head", fault = "counts the empty line into Content-Length",
          dies_in = "http/get", reason = [[the value is "1002"; expected is "1000"]] },
        ["one-client"] = { program = "server-one-client", fault = "ends after its first client",
          dies_in = "http/requests", reason = "server exited with 0; expected it to go on" },
        ["one-recv"] = { program = "server-one-recv", fault = "takes the first recv() for the whole request",
          dies_in = "http/requests", reason = [[the value is 400; expected is 200]] },
        ["prints-decoded"] = { program = "server-prints-decoded", fault = "prints the path decoded: a newline in a name makes a line of its own of what follows",
          dies_in = "http/requests", reason = [[stdout of server has no line "200 /file%0alost"]] },
        ["silent-loss"] = { program = "server-silent-loss", fault = "does not tell of clients that were lost",
          dies_in = "http/rude-clients", reason = [[stdout of server has no line "lost"]] },
      },
    },
  },
}
