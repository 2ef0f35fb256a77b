-- SPDX-License-Identifier: MIT
return scenario {
  title = "A non-blocking connect: what each call gives meanwhile and afterwards",
  why = [[
    EINPROGRESS is no failure: the SYN is out, and the call has only not waited. Until it is answered a second connect gives EALREADY,
    getpeername ENOTCONN, send and recv EAGAIN, and SO_ERROR is 0, which therefore does not mean connected. When the
    handshake is done the next connect reports it once with 0; only the one behind that gives EISCONN.
  ]],
  refs = { "connect(2): EINPROGRESS, EALREADY, EISCONN", "getpeername(2)", "net/ipv4/af_inet.c: __inet_stream_connect()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local syn = t.wire:hold "client > server S"
    local c = t.client:socket("c"):connect(l):fails "EINPROGRESS"
    c:state "SYN_SENT"
    c:connect(l):fails "EALREADY"
    c:getpeername():fails "ENOTCONN"
    c:getsockname()
    c:send("too early", { once = true }):fails "EAGAIN"
    local _, errno = c:receive(10, { once = true })
    t:expect(errno):is "EAGAIN"
    t:expect(c:option "SO_ERROR"):is(0)
    c:connecting()

    syn:off():release()
    c:state "ESTABLISHED"
    c:connect(l):returns(0)
    c:connect(l):fails "EISCONN"
    c:getpeername():returns(t.family == "ipv6" and "[2001:db8::2]:6000" or "192.0.2.2:6000")
    c:send "hello"
    l:accept("s"):receives "hello"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello"
    ]]
  end,
}
