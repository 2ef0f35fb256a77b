-- SPDX-License-Identifier: MIT
return scenario {
  title = "MSG_WAITALL waits for all that was asked for, unless the stream ends",
  why = [[
    recv returns as soon as there is anything; with the flag a blocking call goes on until the buffer is full. The end of the stream cuts it short:
    who takes its result for the size asked for reads what is not there. On a socket that does not wait it changes nothing.
    MSG_DONTWAIT does the opposite to one call of a blocking socket.
  ]],
  refs = { "recv(2): MSG_WAITALL, MSG_DONTWAIT" },
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
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    local s = l:accept "s"
    call("recv 10 DONTWAIT", "recv = -1 EAGAIN")
    s:send "hello"
    t.wire:idle()
    call("recv 10", "recv = 5 hello")

    p:stdin "recv 10 WAITALL"
    s:send "12345"
    t.wire:idle()
    t:expect(p:stdout():text():find("12345", 1, true)):is(nil)
    s:send "67890x"
    p:stdout():line "recv = 10 1234567890"
    call("recv 10 WAITALL DONTWAIT", "recv = 1 x")

    p:stdin "recv 10 WAITALL"
    s:send "bye":shutdown "wr"
    p:stdout():line "recv = 3 bye"
    call("recv 10 WAITALL", "recv = 0")
    p:close_stdin():exits(0)

    local c = t.client:socket("c"):connect(l):connected()
    l:accept("s2"):send "abc"
    t:expect(c:queue()):is { unread = 3 }
    local short = c:receive(10, { flags = { "WAITALL" }, once = true })
    t:expect(short):is "abc"
  end,
}
