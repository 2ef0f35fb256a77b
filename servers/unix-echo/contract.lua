-- SPDX-License-Identifier: MIT
return contract {
  title = "AF_UNIX echo: a server, and a client that asks for lines and prints the answers",
  refs = { "unix(7)", "stdio(3)" },
  promise = [[
    server PATH listens on the AF_UNIX stream socket PATH. Whatever a client sends, bytes of any value, is
    sent back unchanged and in order. One client is served after the other; who comes meanwhile waits. When a
    client has ended its side, everything it sent is still echoed; then the connection is closed. A client that
    is gone before its echo is sent disturbs nobody. It goes on until a signal ends it; PATH stays behind then.
    Prints on stdout, each line at once:
      waiting
      connected
      disconnected after N bytes    the client had ended and everything was echoed
      lost after N bytes: ERRNO     recv or send failed; N bytes had been echoed before

    A socket file at PATH on which nobody listens is removed and replaced; whether somebody does is learned by
    connecting. One on which somebody listens is left alone, as is a file that is no socket. When it cannot
    listen it says "cannot listen on PATH: ERRNO" on stderr; exit status 1. PATH may have up to 107 bytes; a
    longer one is ENAMETOOLONG, and nothing is made.

    client PATH connects and prints "connected" and a newline. Then, for each line of its input: it prints the
    prompt "> " without a newline, reads the line, sends it with its newline (one is added when the last line
    has none), receives up to the newline of the answer, in however many pieces it comes, and prints "echo> "
    and the answer. Lines may have any length and any bytes. What it prints appears at once, through a pipe as
    on a terminal. At the end of its input, behind the prompt, it prints a newline; exit status 0. When the
    server closes, or is gone, before an answer is whole, it prints "server closed the connection" on a line
    (behind the prompt when nothing of the answer had come); exit status 1. When it cannot connect it says
    "cannot connect to PATH: ERRNO" on stderr; exit status 1.

    Wrong usage: a line on stderr, exit status 2. ERRNO is the name of an error, such as ECONNREFUSED.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {path}",
      path = "echo.sock",
      implementations = { reference = { program = "server" } },
      faulty = {
        ["dies-on-reset"] = { program = "server-dies-on-reset", fault = "exits when recv() fails for one client",
          dies_in = "unix/echo-gone-clients", reason = [[stdout of server has no line "lost after 5 bytes: ECONNRESET"; server exited with 1]] },
        ["keeps-descriptor"] = { program = "server-keeps-descriptor", fault = "does not close the connection of a client that has ended",
          dies_in = "unix/echo", reason = "c: no end of stream within … s; expected recv = 0" },
        ["lines-only"] = { program = "server-lines-only", fault = "reads with getline(): what is not ended by a newline is never echoed",
          dies_in = "unix/peer-killed", reason = "c: recv: 0 of 5 bytes" },
        ["name-taken"] = { program = "server-name-taken", fault = "does not remove a path that was left behind: after a crash it cannot start",
          dies_in = "unix/peer-killed", reason = [[again exited with 1 before it listened; its last words on stderr: "cannot listen on echo.sock: EADDRINUSE"]] },
        ["one-client"] = { program = "server-one-client", fault = "ends with its first client",
          dies_in = "unix/echo", reason = "d: recv = -1 ECONNRESET after 0 of 6 bytes" },
        ["one-recv"] = { program = "server-one-recv", fault = "takes the first recv() for all that the client says, then closes",
          dies_in = "unix/echo", reason = [[c: recv = 0 ""; expected nothing to read]] },
        ["sigpipe-death"] = { program = "server-sigpipe-death", fault = "lets SIGPIPE kill it when a client is gone before its echo",
          dies_in = "unix/echo-gone-clients", reason = "server was killed by SIGPIPE" },
        ["spin-on-eof"] = { program = "server-spin-on-eof", fault = [[takes the 0 of recv() for "nothing yet", and asks again for ever]],
          dies_in = "unix/echo", reason = "server never sleeps: it has used" },
        ["string-echo"] = { program = "server-string-echo", fault = "measures what it received with strlen(): bytes from the first NUL on are lost",
          dies_in = "unix/echo", reason = "c: recv: 1 of 3 bytes" },
        ["unflushed"] = { program = "server-unflushed", fault = "does not flush stdout: through a pipe its lines come at exit, if ever",
          dies_in = "unix/echo", reason = [[stdout of server has no line "waiting"]] },
        ["whole-buffer"] = { program = "server-whole-buffer", fault = "sends its whole buffer, not just the bytes that it received",
          dies_in = "unix/echo", reason = [[c: recv = 4090 "\x00\x00\x00]] },
      },
    },
    client = {
      command = "{program} {path}",
      defaults = { path = "echo.sock" },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["connected-early"] = { program = "client-connected-early", fault = "says that it is connected before it is",
          dies_in = "unix/echo-client-lines", reason = "stdout of refused has 12 bytes more than the 0 expected" },
        ["exit-zero"] = { program = "client-exit-zero", fault = "ends with status 0 also when it cannot connect",
          dies_in = "unix/echo-client-lines", reason = "refused exited with 0; expected exit status 1" },
        ["hides-end"] = { program = "client-hides-end", fault = "takes the end of the connection for an empty answer, and goes on as if all were well",
          dies_in = "unix/echo-client", reason = "client is still running" },
        ["no-newline"] = { program = "client-no-newline", fault = "sends its line without the newline that ends it",
          dies_in = "unix/echo-client", reason = "s: recv: 4 of 5 bytes" },
        ["one-recv"] = { program = "client-one-recv", fault = "takes one recv() for the whole answer",
          dies_in = "unix/echo-client", reason = [[stdout of client does not have "echo> in two pieces\n> "]] },
        ["sends-nul"] = { program = "client-sends-nul", fault = "sends the NUL that ends its string along with every line",
          dies_in = "unix/echo-client", reason = "what s received differs from byte 1 on" },
        ["short-lines"] = { program = "client-short-lines", fault = "reads lines with fgets() into 100 bytes: a longer one becomes several questions",
          dies_in = "unix/echo-client-lines", reason = "stdout of client differs" },
        ["sigpipe-death"] = { program = "client-sigpipe-death", fault = "is killed by SIGPIPE when the server has gone: no word to its user",
          dies_in = "unix/echo-client", reason = "client was killed by SIGPIPE; expected exit status 1" },
        ["spins"] = { program = "client-spins", fault = "makes its input and its socket non-blocking, and asks again at once when there is nothing",
          dies_in = "unix/echo-client", reason = "client never sleeps: it has used" },
        ["string-line"] = { program = "client-string-line", fault = "measures its line with strlen(): what was typed behind a NUL is lost",
          dies_in = "unix/echo-client-lines", reason = "client is still running" },
        ["tells-on-stderr"] = { program = "client-tells-on-stderr", fault = "says on stderr that it is connected, or no longer",
          dies_in = "unix/echo-client-lines", reason = "stdout of client differs from byte 1 on" },
        ["unflushed"] = { program = "client-unflushed", fault = "never flushes: in a pipe nobody sees its prompt. A terminal hides it",
          dies_in = "unix/echo-client", reason = [[stdout of client does not have "connected\n> "]] },
      },
    },
  },
}
