-- SPDX-License-Identifier: MIT
return scenario {
  title = "write is send without flags, and both are killed by SIGPIPE",
  why = [[
    After a reset the next call gets ECONNRESET, once, and every further one EPIPE. After an orderly end the peer may only have ended
    its own side, so the first write still succeeds; if it had closed both, its kernel answers with a reset, and then comes
    EPIPE. EPIPE comes with SIGPIPE, which kills a program that does nothing about it; MSG_NOSIGNAL is a flag, so write has no
    such way.
  ]],
  refs = { "send(2): MSG_NOSIGNAL, EPIPE", "write(2)", "signal(7)" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" }, ended = { "reset", "close" }, call = { "write", "send" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    local function call(line, answer)
      p:stdin(line)
      p:stdout():line(answer)
    end
    call("socket " .. t.family, "socket = 0")
    call(("connect %s 6000"):format(t.server:address(0).address), "connect = 0")
    call(t.p.call .. " hello", t.p.call .. " = 5")
    local s = l:accept "s"
    s:receives "hello"
    if t.p.ended == "reset" then s:linger(0) end
    s:close()
    t.wire:idle()
    if t.p.ended == "reset" then
      call(t.p.call .. " more", t.p.call .. " = -1 ECONNRESET")
    else
      call(t.p.call .. " more", t.p.call .. " = 4")
      t.wire:idle()
    end
    call("send more NOSIGNAL", "send = -1 EPIPE")
    call("recv 10", "recv = 0")
    p:stdin(t.p.call .. " more")
    p:killed_by "PIPE"
    t:flow(6000):first(t.p.ended == "reset" and "server > client R" or "server > client F")
  end,
}
