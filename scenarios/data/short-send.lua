-- SPDX-License-Identifier: MIT
return scenario {
  title = "A slow reader makes send take only a part, and then nothing",
  why = [[
    The server reads nothing. Its buffer fills, then the client's, and a send that does not wait returns less than it was given: the rest
    has not been sent and will not be. The next call fails with EAGAIN. Both are no faults of the connection. When the server reads again the
    rest can follow, and every byte arrives once.
  ]],
  refs = { "send(2)", "socket(7): SO_SNDBUF", "RFC 9293, 3.8.6" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):option("SO_RCVBUF", 4096):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call("set SO_SNDBUF 100000", "set = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    local s = l:accept "s"
    call("send x*20000", "send = all")
    local flow = t:flow(6000)
    flow:first "server > client win 0"
    t.wire:idle()
    -- from here on nothing leaves the client
    call("send x*400000 DONTWAIT", "send = part")
    call("send y DONTWAIT", "send = -1 EAGAIN")
    local taken = s:queue():value().unread + t.client:sockets():value()[1].send_queue
    t:expect(taken):at_least(20001)
    t:expect(taken):at_most(419999)
    p:stdin "rest"
    s:receives(("x"):rep(420000)):reads_nothing()
    p:stdout():line "rest = all"
    call("shutdown", "shutdown = 0")
    s:reads_eof()
    t:expect(flow:bytes "client > server"):is(420000)
    flow:never "R"
    p:close_stdin():exits(0)
  end,
}
