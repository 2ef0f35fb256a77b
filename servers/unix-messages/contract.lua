-- SPDX-License-Identifier: MIT
return contract {
  title = "Messages over an AF_UNIX stream: the server prints them until one says quit",
  refs = { "unix(7)", "unlink(2)" },
  promise = [[
    Wire format. A message is four bytes, its length as an unsigned number in network byte order, and that
    many bytes of text. The length counts the text and nothing else: not itself, and no NUL, for none is
    sent. From 0 to 65536 bytes of any value. A connection carries any number of messages, one behind the
    other; nothing is sent back.

    server PATH listens on the AF_UNIX stream socket PATH and serves one client after the other; who comes
    meanwhile waits. Each message is printed on stdout as a line of its own as soon as it is whole, and only
    then; bytes outside ' ' to '~', and the backslash, as \xNN with two lower-case digits. When a client has
    ended behind a whole message the next one is served. So it is when a client was lost, and then stderr has
      lost a client: cut short     it ended in the middle of a message
      lost a client: too long      it announced more than 65536 bytes: it is closed at once
      lost a client: ERRNO         recv failed
    The message "quit", these four bytes exactly, is printed like any other; then the server removes PATH and
    ends with status 0.

    A socket file at PATH on which nobody listens was left behind by somebody who was killed: it is removed
    and replaced. One on which somebody listens is left alone, as is a file that is no socket. When it cannot
    listen it says "cannot listen on PATH: ERRNO" on stderr; exit status 1. PATH may have up to 107 bytes; a
    longer one is ENAMETOOLONG, and nothing is made.

    client PATH MESSAGE connects, sends MESSAGE, closes; prints nothing; exit status 0. When the server's
    queue is full it waits for a place. On stderr, with exit status 1:
      cannot connect to PATH: ERRNO       ENAMETOOLONG as above
      cannot send: ERRNO                  EMSGSIZE: more than 65536 bytes, nothing was sent

    Wrong usage: a line on stderr, exit status 2. ERRNO is the name of an error, such as ECONNREFUSED.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {path}",
      path = "messages.sock",
      implementations = { reference = { program = "server" } },
      faulty = {
        ["counts-nul"] = { program = "server-counts-nul", fault = "takes it that the length counts a NUL at the end",
          dies_in = "unix/messages", reason = [[stdout of server has no line "hola mundo"]] },
        ["cuts-path"] = { program = "server-cuts-path", fault = "cuts a path that is too long, and listens under another name",
          dies_in = "unix/path-too-long", reason = "server of 108 is still running" },
        ["dies-of-loss"] = { program = "server-dies-of-loss", fault = "exits when a client ends in the middle of a message",
          dies_in = "unix/message-lengths", reason = "server exited with 1; expected it to go on" },
        ["host-order"] = { program = "server-host-order", fault = "reads the length in this machine's byte order",
          dies_in = "unix/messages", reason = [[stdout of server has no line "hola mundo"]] },
        ["ignores-quit"] = { program = "server-ignores-quit", fault = [[ends with "quit" the client who said it, not itself]],
          dies_in = "unix/quit", reason = "server is still running" },
        ["keeps-descriptor"] = { program = "server-keeps-descriptor", fault = "does not close the connection of a client that has ended",
          dies_in = "unix/messages", reason = "d: no end of stream within … s; expected recv = 0" },
        ["leaves-name"] = { program = "server-leaves-name", fault = "does not remove its path when it ends",
          dies_in = "unix/quit", reason = "late: connect(messages.sock) = -1 ECONNREFUSED; expected ENOENT" },
        ["name-taken"] = { program = "server-name-taken", fault = "does not remove a path that was left behind: after a crash it cannot start",
          dies_in = "unix/restart", reason = [[before it listened; its last words on stderr: "cannot listen on messages.sock: EADDRINUSE"]] },
        ["no-maximum"] = { program = "server-no-maximum", fault = "makes as much room as a client says, however much that is",
          dies_in = "unix/message-lengths", reason = "c: no end of stream within … s; expected recv = 0" },
        ["one-client"] = { program = "server-one-client", fault = "ends with its first client",
          dies_in = "unix/messages", reason = [[stdout of server has no line "from another"; server exited with 0]] },
        ["one-recv"] = { program = "server-one-recv", fault = "takes one recv() for a whole length, and one for a whole text",
          dies_in = "unix/messages", reason = [[stdout of server has no line "hola mundo"]] },
        ["overflow"] = { program = "server-overflow", fault = "has room for 256 bytes, and receives as many as the length says",
          dies_in = "unix/message-lengths", reason = "server was killed by SIGABRT" },
        ["quit-prefix"] = { program = "server-quit-prefix", fault = [[ends with any message that begins with "quit"]],
          dies_in = "unix/quit", reason = [[stdout of server has no line "quit\\x00"; server exited with 0]] },
        ["robs-name"] = { program = "server-robs-name", fault = "removes whatever bears its name before it binds: a server that runs there is never found again",
          dies_in = "unix/restart", reason = "second is still running" },
        ["signed-length"] = { program = "server-signed-length", fault = "takes the length for a signed number: -1 is less than the maximum",
          dies_in = "unix/message-lengths", reason = "c: no end of stream within … s; expected recv = 0" },
        ["spins"] = { program = "server-spins", fault = "reads with MSG_DONTWAIT, round and round",
          dies_in = "unix/messages", reason = "server never sleeps: it has used" },
        ["string-print"] = { program = "server-string-print", fault = "prints the text as a string: it ends at the first NUL",
          dies_in = "unix/messages", reason = [[stdout of server has no line "a\\x00b\\x0a\\x5c\\xff"]] },
        ["unflushed"] = { program = "server-unflushed", fault = "does not flush stdout: through a pipe its lines come at exit",
          dies_in = "unix/messages", reason = [[stdout of server has no line "hola mundo"]] },
      },
    },
    client = {
      command = "{program} {path} {message}",
      defaults = { path = "messages.sock" },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["counts-nul"] = { program = "client-counts-nul", fault = "counts its NUL in the length, and sends it",
          dies_in = "unix/message-client", reason = "what s1 received differs from byte 4 on" },
        ["cuts-path"] = { program = "client-cuts-path", fault = "cuts a path that is too long, and looks for what is left of it",
          dies_in = "unix/path-too-long", reason = "stderr of client of 108" },
        ["errors-on-stdout"] = { program = "client-errors-on-stdout", fault = "says on stdout what it should say on stderr",
          dies_in = "unix/message-client", reason = "stderr of too long has only the first 0 of 22 expected bytes" },
        ["exit-zero"] = { program = "client-exit-zero", fault = "ends with status 0 also when it failed",
          dies_in = "unix/message-client", reason = "too long exited with 0; expected exit status 1" },
        ["host-order"] = { program = "client-host-order", fault = "sends the length in this machine's byte order",
          dies_in = "unix/message-client", reason = "what s1 received differs from byte 1 on" },
        ["ignores-failure"] = { program = "client-ignores-failure", fault = "does not look at what connect() and send() returned",
          dies_in = "unix/message-client", reason = "refused exited with 0; expected exit status 1" },
        ["no-limit"] = { program = "client-no-limit", fault = "sends a message of any length",
          dies_in = "unix/message-client", reason = "too long exited with 0; expected exit status 1" },
        ["refuses-to-wait"] = { program = "client-refuses-to-wait", fault = "takes EAGAIN of a server whose queue is full for a refusal",
          dies_in = "unix/backlog", reason = [[client exited with 1; expected it to go on; its last words on stderr: "cannot connect to messages.sock: EAGAIN"]] },
        ["status-counts"] = { program = "client-status-counts", fault = "gives the length of its message as its exit status",
          dies_in = "unix/message-client", reason = "client 1 exited with 10; expected exit status 0" },
      },
    },
  },
}
