-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_RCVTIMEO: a blocking call gives up, with what it has",
  why = [[
    The value is a struct timeval. When it is over recv fails with EAGAIN, as a call that does not wait would, and not with ETIMEDOUT; accept
    is limited too. With MSG_WAITALL what has come by then is returned, and no error. The connection is as it was: what
    comes later is there for the next call. A timeout of no second and no microsecond is for ever, not no time.
  ]],
  refs = { "socket(7): SO_RCVTIMEO", "recv(2): EAGAIN", "accept(2)" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call("set SO_RCVTIMEO 50000", "set = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    local s = l:accept "s"
    call("recv 10", "recv = -1 EAGAIN")
    s:send "abc"
    t.wire:idle()
    call("recv 10 WAITALL", "recv = 3 abc")
    s:send "late"
    t.wire:idle()
    call("recv 10", "recv = 4 late")

    local q = t:start { name = "listener", host = t.server }
    q:stdin("socket " .. t.family)
    q:stdin "set SO_RCVTIMEO 50000"
    q:stdin(("listen %s 6001"):format(t.server:address(0).address))
    q:stdin "accept"
    q:stdout():line "accept = -1 EAGAIN"

    local c = t.client:socket("c"):option("SO_RCVTIMEO", 1500000)
    t:expect(c:option "SO_RCVTIMEO"):is(1500000)
    c:option("SO_RCVTIMEO", -1):fails "EDOM"
    c:option("SO_RCVTIMEO", 0)
    t:expect(c:option "SO_RCVTIMEO"):is(0)
    p:close_stdin():exits(0)
    q:close_stdin():exits(0)
  end,
}
