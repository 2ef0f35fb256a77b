-- SPDX-License-Identifier: MIT
return scenario {
  title = "After a reset: ECONNRESET once, to whoever asks first, then EPIPE and 0",
  why = [[
    The RST ends the connection and leaves one error. The next call takes it: recv, send, or getsockopt(SO_ERROR). Only then send gives EPIPE, and
    recv 0, which looks like a clean end. A program that writes first is told ECONNRESET without SIGPIPE, and its recv afterwards says
    that all is well. Bytes that came before the RST are still given.
  ]],
  refs = { "recv(2): ECONNRESET", "send(2): EPIPE", "RFC 9293, 3.10.7.4", "net/core/stream.c: sk_stream_error()" },
  matrix = { family = { "ipv4", "ipv6" }, asks = { "send", "recv", "SO_ERROR" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    s:send "before":linger(0):close()
    c:state "CLOSED"
    if t.p.asks == "send" then
      c:send("hello?", { once = true }):fails "ECONNRESET"
      c:receives "before"
    elseif t.p.asks == "recv" then
      c:receives "before":reset()
    else
      t:expect(c:option "SO_ERROR"):is(104)
      c:receives "before"
    end
    c:send("hello?", { once = true }):fails "EPIPE"
    c:reads_eof()
    t:expect(c:option "SO_ERROR"):is(0)
    c:getpeername():fails "ENOTCONN"
    c:shutdown("wr"):fails "ENOTCONN"
    c.flow:shape [[
      client > server  S
      server > client  S.
      server > client  data "before"
      server > client  R.
    ]]
    c.flow:never "client > server data"
  end,
}
