-- SPDX-License-Identifier: MIT
return scenario {
  title = "After a refused connect the same socket may try again, on Linux",
  why = [[
    POSIX leaves the state of a socket whose connect failed unspecified, and portable programs close it and make another. Linux puts it back to
    where it was once connect itself has reported the failure: the next call sends a new SYN and succeeds when somebody listens by then. A
    non-blocking program that took the error by getsockopt(SO_ERROR) instead is told ECONNABORTED once, for connect has nothing left to
    report. What never works is to go on without a connection: send gives EPIPE, recv ENOTCONN.
  ]],
  refs = { "connect(2), NOTES", "POSIX.1-2017, connect()", "net/ipv4/af_inet.c: __inet_stream_connect()", "net/ipv4/tcp.c: tcp_disconnect()" },
  matrix = { family = { "ipv4", "ipv6" }, told_by = { "connect", "SO_ERROR" } },
  run = function(t)
    local server = t.server:address(6000)
    local c = t.client:socket("c"):bind(t.client:address(6001))
    for _ = 1, 2 do
      c:connect(server):fails "EINPROGRESS"
      c:state "CLOSED"
      if t.p.told_by == "connect" then
        c:connect(server):fails "ECONNREFUSED"
      else
        t:expect(c:option "SO_ERROR"):is(111)
        c:connect(server):fails "ECONNABORTED"
      end
      c:getpeername():fails "ENOTCONN"
    end
    c:send("hello?", { once = true }):fails "EPIPE"
    local _, errno = c:receive(10, { once = true })
    t:expect(errno):is "ENOTCONN"

    local l = t.server:socket("l"):bind(server):listen(1)
    c:connect(l):connected()
    t:expect(c:port()):is(6001)
    local s = l:accept "s"
    c:send "third time lucky"
    s:receives "third time lucky"
    for nth = 1, 2 do
      t:flow(6000, nth):exactly [[
        client > server  S
        server > client  R.  ack 1
      ]]
    end
    t:flow(6000, 3):shape [[
      client > server  S
      server > client  S.
      client > server  data "third time lucky"
    ]]
  end,
}
