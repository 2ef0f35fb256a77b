-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_SNDBUF: twice what was asked for, and all that a send can leave behind",
  why = [[
    send returns when the bytes are in the send buffer, not when they have arrived. The server's answers are held on the wire, so that nothing
    leaves the buffer. A call that does not wait takes what there is room for and says how much; the next fails with EAGAIN. Linux doubles
    the value that was set, and counts its book-keeping in it. What was taken arrives, once, and before the rest.
  ]],
  refs = { "socket(7): SO_SNDBUF", "send(2): EAGAIN", "tcp(7): tcp_wmem" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" }, size = { 8192, 65536 } },
  needs = { "wire" },
  run = function(t)
    local c = t.client:socket("c"):option("SO_SNDBUF", t.p.size)
    t:expect(c:option "SO_SNDBUF"):is(2 * t.p.size)

    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call("set SO_SNDBUF " .. t.p.size, "set = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    local s = l:accept "s"
    local held = t.wire:hold "server > client"
    call("send x*1000000 DONTWAIT", "send = part")
    call("send y DONTWAIT", "send = -1 EAGAIN")
    local taken = t.client:sockets():value()[1].send_queue
    t:expect(taken):at_least(t.p.size // 2)
    t:expect(taken):at_most(2 * t.p.size + 65536) -- a buffer is full once it is exceeded
    held:off():release()
    p:stdin "rest"
    s:receives(("x"):rep(1000000)):reads_nothing()
    p:stdout():line "rest = all"
    p:close_stdin():exits(0)
  end,
}
