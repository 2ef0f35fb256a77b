-- SPDX-License-Identifier: MIT
return scenario {
  title = "AF_UNIX streams end like TCP's, but at once: shutdown and close are seen by the peer in the same moment",
  why = [[
    There is no wire and so nothing under way: what one side has sent is in the other's queue when send returns, and
    an end is known when shutdown does. SHUT_WR: the peer reads what is there, then 0, and may still answer. SHUT_RD
    is where AF_UNIX and TCP part: TCP tells nobody, here the peer's next send fails with EPIPE, and what was sent
    before can still be read. After close both directions are over.
  ]],
  refs = { "shutdown(2)", "unix(7)", "net/unix/af_unix.c: unix_shutdown()" },
  world = "loop",
  matrix = { kind = { "unix", "unix-seqpacket" }, how = { "wr", "rd", "close" } },
  run = function(t)
    local l = t.server:socket("l", t.p.kind):bind "end.sock":listen(1)
    local c = t.client:socket("c", t.p.kind):connect(l):connected()
    local s = l:accept "s"
    c:send "last words"
    s:send "hello"
    t:expect(s:queue()):is { unread = 10 }
    if t.p.how == "wr" then
      c:shutdown "wr"
      s:receives "last words":reads_eof()
      s:send "answer"
      c:receives "hello"
      c:receives "answer":reads_nothing()
      c:send("more", { once = true }):fails "EPIPE"
      s:close()
      c:reads_eof()
    elseif t.p.how == "rd" then
      c:shutdown "rd"
      s:send("too late", { once = true }):fails "EPIPE"
      c:receives "hello":reads_eof()
      c:send ", and more":state "ESTABLISHED"
      s:receives "last words"
      s:receives ", and more":reads_nothing()
    else
      c:receives "hello":close()
      s:receives "last words":reads_eof()
      s:send("too late", { once = true }):fails "EPIPE"
      -- the kernel has no third state: a connection whose peer is gone is what it was
      s:state "ESTABLISHED"
    end
  end,
}
