-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_SNDTIMEO: a send that finds no room gives up, and so does connect",
  why = [[
    The server does not read. A blocking send of more than both buffers hold returns, when its time is over, how much it has taken: less than it
    was given is no error. The next takes nothing and fails with EAGAIN. connect is limited by the same option, and ends
    with EINPROGRESS, for the kernel goes on trying.
  ]],
  refs = { "socket(7): SO_SNDTIMEO", "send(2)", "connect(2): EINPROGRESS" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call("set SO_SNDBUF 65536", "set = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    call("set SO_SNDTIMEO 50000", "set = 0")
    local s = l:accept "s"
    t.wire:hold "server > client" -- nothing leaves the send buffer
    call("send x*1000000", "send = part")
    call("send y", "send = -1 EAGAIN")
    t.wire:release()
    p:stdin "rest"
    s:receives(("x"):rep(1000000)):reads_nothing()
    p:stdout():line "rest = all"
    p:close_stdin():exits(0)

    t.wire:drop "client > server S"
    local q = t:start { name = "nobody-answers" }
    q:stdin("socket " .. t.family)
    q:stdin "set SO_SNDTIMEO 50000"
    q:stdin(("connect %s 6000"):format(t.server:address(0).address))
    q:stdout():line "connect = -1 EINPROGRESS"
    t:expect(t.client:count "SYN_SENT"):is(1)
    q:close_stdin():exits(0)
  end,
}
