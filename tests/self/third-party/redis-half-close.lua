-- SPDX-License-Identifier: MIT
local LARGE = 8000000

return scenario {
  title = "What was asked before the client ended its side is answered",
  why = [[
    A FIN ends what the client sends, not what it reads. The commands before it were whole. A small answer is with the kernel before the server
    reads the end; of a large one the server itself has most in its memory when it does, and the client is not reading yet.
  ]],
  refs = { "shutdown(2)", "RFC 9293, 3.6" },
  contract = "redis",
  matrix = { family = { "ipv4", "ipv6" }, answer = { "small", "large" } },
  run = function(t)
    local server = t:start()
    local c = t.client:socket("c"):option("SO_RCVBUF", 4096):connect(server):connected()
    local asked, expected = "ECHO one\r\nECHO two\r\n", "$3\r\none\r\n$3\r\ntwo\r\n"
    if t.p.answer == "large" then
      -- zeroes that nobody had to send: the key is as long as its last byte makes it
      c:send(("SETRANGE key %d x\r\n"):format(LARGE - 1)):receives((":%d\r\n"):format(LARGE))
      asked, expected = "GET key\r\n", ("$%d\r\n%s\r\n"):format(LARGE, ("\0"):rep(LARGE - 1) .. "x")
    end
    server:freeze()
    c:send(asked):shutdown "wr"
    t.wire:idle()
    server:thaw()
    t.wire:idle()
    c:receives(expected):reads_eof()
    c.flow:never "R"
    server:runs()
  end,
}
