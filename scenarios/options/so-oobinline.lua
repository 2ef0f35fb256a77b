-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_OOBINLINE leaves urgent data in the stream",
  why = [[
    TCP has no second channel: the urgent byte is a byte of the stream that the urgent pointer points to. Linux takes it out, and recv with MSG_OOB
    fetches it; with the option it stays where it was, MSG_OOB gives EINVAL, and sockatmark tells that it is next. Either way
    a read stops in front of it. What is on the wire is the same.
  ]],
  refs = { "socket(7): SO_OOBINLINE", "recv(2): MSG_OOB", "sockatmark(3)", "RFC 6093" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" }, inline = { 0, 1 } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call("set SO_OOBINLINE " .. t.p.inline, "set = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    local s = l:accept "s"
    s:send "abc":send("!", { flags = { "OOB" } }):send "def"
    t.wire:idle()
    if t.p.inline == 1 then
      call("recv 1 OOB", "recv = -1 EINVAL")
      call("recv 10", "recv = 3 abc")
      call("atmark", "atmark = 1")
      call("recv 20", "recv = 4 !def")
    else
      call("recv 1 OOB", "recv = 1 !")
      call("recv 10", "recv = 3 abc")
      call("atmark", "atmark = 1")
      call("recv 20", "recv = 3 def")
    end
    t:flow(6000):count("server > client U", { min = 1 })
    t:expect(t:flow(6000):stream "server > client"):is "abc!def"
    p:close_stdin():exits(0)
  end,
}
