-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_RCVLOWAT: fewer bytes do not wake who waits",
  why = [[
    With a low-water mark of 5, three bytes leave a blocking recv waiting, and poll does not call the socket readable (Linux does so since
    2.6.28). A call that does not wait takes them all the same, and so does anybody once the end has come: the mark is about waiting, not
    about a least size of what recv returns. Linux counts what waits in the socket: a recv that has already taken three
    bytes is not woken by two more, though it would have five then, but by five.
  ]],
  refs = { "socket(7): SO_RCVLOWAT", "recv(2)", "net/ipv4/tcp_input.c: tcp_data_ready()" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" }, first = { "recv", "bytes" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    p:stdin("socket " .. t.family)
    p:stdin "set SO_RCVLOWAT 5"
    p:stdin(("connect %s 6000"):format(t.server:address(0).address))
    p:stdout():line "connect = 0"
    local s = l:accept "s"
    if t.p.first == "recv" then
      p:stdin "recv 10"
      p:sleeps()
      s:send "abc"
      t.wire:idle()
      t:expect(p:stdout():text():find "recv"):is(nil)
      s:send "de"
      p:stdout():line "recv = 5 abcde"
    else
      s:send "abc"
      t.wire:idle()
      p:stdin "recv 10"
      p:sleeps()
      s:send "de"
      t.wire:idle()
      t:expect(p:stdout():text():find "recv"):is(nil)
      s:send "fgh"
      p:stdout():line "recv = 8 abcdefgh"
    end
    p:stdin "recv 10"
    s:send "xy":shutdown "wr"
    p:stdout():line "recv = 2 xy"

    local c = t.client:socket("c"):option("SO_RCVLOWAT", 5):connect(l):connected()
    t:expect(c:option "SO_RCVLOWAT"):is(5)
    local peer = l:accept "peer"
    peer:send "abc"
    t.wire:idle()
    t:expect(c:queue()):is { unread = 3 }
    t:expect(c:poll():value()):is { readable = false }
    peer:send "de"
    t:expect(c:poll()):is { readable = true }
    c:receives "ab":receives "cde"
    peer:send "f"
    t:expect(c:queue()):is { unread = 1 }
    t:expect(c:poll():value()):is { readable = false }
    c:receives "f"
    p:close_stdin():exits(0)
  end,
}
