-- SPDX-License-Identifier: MIT
return scenario {
  title = "A non-blocking connect that is refused: the error is told once",
  why = [[
    The RST comes when no call is waiting, so the kernel keeps the error. Whoever asks first gets it: getsockopt(SO_ERROR), a second
    connect, recv, or send; it is then gone, and SO_ERROR says 0 although there is no connection. A program that looks twice, or
    takes 0 for success without having seen the first answer, writes into a socket without a peer.
  ]],
  refs = { "connect(2)", "socket(7): SO_ERROR", "net/core/sock.c: sock_error()" },
  matrix = { family = { "ipv4", "ipv6" }, asks = { "SO_ERROR", "connect", "recv", "send" } },
  run = function(t)
    local c = t.client:socket("c"):connect(t.server:address(6000)):fails "EINPROGRESS"
    t.wire:idle()
    if t.p.asks == "SO_ERROR" then
      t:expect(c:option "SO_ERROR"):is(111)
    elseif t.p.asks == "connect" then
      c:connect(t.server:address(6000)):fails "ECONNREFUSED"
    elseif t.p.asks == "recv" then
      local _, errno = c:receive(10, { once = true })
      t:expect(errno):is "ECONNREFUSED"
    else
      c:send("hello", { once = true }):fails "ECONNREFUSED"
    end
    t:expect(c:option "SO_ERROR"):is(0)
    c:getpeername():fails "ENOTCONN"
    c:send("into nothing", { once = true }):fails "EPIPE"
    c:state "CLOSED"
    c.flow:exactly [[
      client > server  S
      server > client  R.  ack 1
    ]]
  end,
}
