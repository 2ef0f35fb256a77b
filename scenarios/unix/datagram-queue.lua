-- SPDX-License-Identifier: MIT
return scenario {
  title = "A full AF_UNIX datagram queue makes the sender wait: nothing is dropped",
  why = [[
    UDP throws away what a receiver has no room for. Here the receiver's queue takes net.unix.max_dgram_qlen datagrams
    and one more, as it was when the socket was made; then a sender waits, or gets EAGAIN when it may not wait. One
    receive makes one place. A server that stands still stops its clients: they too must be ready to wait.
  ]],
  refs = { "unix(7)", "net/unix/af_unix.c: unix_recvq_full()" },
  world = "loop",
  matrix = { limit = { 1, 4 } },
  run = function(t)
    t.server:sysctl("net.unix.max_dgram_qlen", t.p.limit)
    local s = t.server:socket("s", "unix-dgram"):bind "letters.sock"
    local c = t.client:socket("c", "unix-dgram"):connect(s):connected()
    for i = 1, t.p.limit + 1 do c:send("letter " .. i, { once = true }) end
    c:send("one too many", { once = true }):fails "EAGAIN"
    local d = t.client:socket("d", "unix-dgram")
    d:send("from another", { to = s, once = true }):fails "EAGAIN"
    s:receives "letter 1"
    c:send("late", { once = true })
    c:send("again too many", { once = true }):fails "EAGAIN"
    for i = 2, t.p.limit + 1 do s:receives("letter " .. i) end
    s:receives "late":reads_nothing()
  end,
}
