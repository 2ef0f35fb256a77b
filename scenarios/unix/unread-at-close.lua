-- SPDX-License-Identifier: MIT
return scenario {
  title = "Who closes with bytes unread, or with clients not accepted, resets them",
  why = [[
    What the other side sent and nobody read is lost, and the kernel says so once: ECONNRESET, then the end. Bytes
    that had arrived before are not lost: a stream gives them first and the error behind them, seqpacket the error
    first. The same becomes of a client that a listener never accepted when the listener is closed: its connect had
    succeeded. A client that died in the queue is accepted all the same, with its bytes. There is no RST here, but
    programs see what TCP would show them.
  ]],
  refs = { "recv(2): ECONNRESET", "unix(7)", "net/unix/af_unix.c: unix_release_sock()" },
  world = "loop",
  matrix = { kind = { "unix", "unix-seqpacket" } },
  run = function(t)
    local kind = t.p.kind
    local l = t.server:socket("l", kind):bind "queue.sock":listen(4)
    local c = t.client:socket("c", kind):connect(l):connected()
    local s = l:accept "s"
    c:send "never read"
    s:send "good bye"
    t:expect(s:queue()):is { unread = 10 }
    s:close()
    if kind == "unix" then
      c:receives "good bye":reset():reads_eof()
    else
      c:reset():receives "good bye":reads_eof()
    end
    c:send("more", { once = true }):fails "EPIPE"

    local read = t.client:socket("read", kind):connect(l):connected()
    local r = l:accept "r"
    read:send "is read"
    r:receives "is read":close()
    read:reads_eof()

    t.client:socket("gone", kind):connect(l):connected():send "I was here":close()
    l:accept "ghost":receives "I was here":reads_eof()

    local queued = t.client:socket("queued", kind):connect(l):connected()
    t:expect(l:queue()):is { waiting = 1 }
    l:close()
    queued:reset()
  end,
}
