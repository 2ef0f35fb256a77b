-- SPDX-License-Identifier: MIT
return scenario {
  title = "Killed with a client connected, it is started again on the same port at once",
  why = [[
    The kernel ends the killed server's connection with FIN, for nothing was unread, and when the client has ended too that side of it is in TIME-WAIT.
    Without SO_REUSEADDR bind() fails as long as it is. Nothing was saved, so the new one knows no key.
  ]],
  refs = { "socket(7): SO_REUSEADDR", "RFC 9293, 3.10.7.4" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local first = t:start { name = "first" }
    local before = t.client:socket("before"):connect(first):connected()
    before:send "SET key value\r\n":receives "+OK\r\n"
    first:kill():killed_by "SIGKILL"
    before:reads_eof()
    before:close()
    before.flow:never "R"
    t:expect(t.server:count "TIME_WAIT"):is(1)
    local second = t:start { name = "second" }
    local after = t.client:socket("after"):connect(second):connected()
    after:send "GET key\r\nPING\r\n":receives "$-1\r\n+PONG\r\n"
    second:runs()
  end,
}
