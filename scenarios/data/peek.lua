-- SPDX-License-Identifier: MIT
return scenario {
  title = "MSG_PEEK shows bytes and leaves them there",
  why = [[
    What is peeked at is read again by the next call. It stays in the receive queue, so it keeps the window as small as it was. A peek of
    more than there is gives what there is, and of a stream that has ended the end, again and again.
  ]],
  refs = { "recv(2): MSG_PEEK" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello, world"
    t:expect(s:queue()):is { unread = 12 }
    s:receives("hello", { flags = { "PEEK" } })
    s:receives("hello, world", { flags = { "PEEK" } })
    t:expect(s:queue():value().unread):is(12)
    s:receives "hello"
    t:expect(s:queue():value().unread):is(7)
    local rest = s:receive(100, { flags = { "PEEK" } })
    t:expect(rest):is ", world"
    s:receives ", world":reads_nothing()
    c:shutdown "wr"
    s:state "CLOSE_WAIT"
    for _ = 1, 2 do
      local ended = s:receive(100, { flags = { "PEEK" } })
      t:expect(ended):is ""
    end
    s:reads_eof():reads_eof()
  end,
}
