-- SPDX-License-Identifier: MIT
return scenario {
  title = "A connect that a signal interrupts goes on: only the waiting has ended",
  why = [[
    The SYN is out and nobody has answered when a handler runs. connect(2) then fails with EINTR, and POSIX says that the connection
    is established all the same, asynchronously: no second SYN is needed, the server can accept and speak at once. A program that
    takes EINTR for a failure throws a good connection away; one that closes and starts again makes two. Linux lets a second connect
    on the same socket wait for the first, or say 0 when that is done; after that it is EISCONN. With SA_RESTART the kernel itself goes on waiting, and the
    program does not learn of the signal.
  ]],
  refs = { "connect(2): EINTR", "POSIX.1-2017, connect(): EINTR", "signal(7): Interruption of system calls", "net/ipv4/af_inet.c: __inet_stream_connect()" },
  contract = "blocking-calls",
  needs = { "wire", "trace" },
  matrix = { family = { "ipv4", "ipv6" }, restart = { false, true } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local connect = ("connect %s 6000"):format(t.server:address(0).address)
    local calls = t:start { role = "caller", traced = true }
    local function call(line, result)
      calls:stdin(line)
      calls:stdout():line(result)
    end
    call(t.p.restart and "catch restart" or "catch", "catch = 0")
    call("socket " .. t.family, "socket = 0")
    local syn = t.wire:hold "client > server S"
    local signal = calls:interrupt { call = "connect", nth = 1, signal = "USR1" }
    calls:stdin(connect)
    t:expect(syn:held()):at_least(1)
    t:expect(signal:acted()):is(1)
    if t.p.restart then
      calls:runs():sleeps()
    else
      calls:stdout():line "connect = -1 EINTR"
    end
    -- either way the attempt stands
    t:expect(t.client:count "SYN_SENT"):is(1)

    syn:off():release()
    local s = l:accept "s"
    s:send "welcome"
    if t.p.restart then calls:stdout():line "connect = 0" end
    call("recv 7", "recv = 7 welcome")
    if not t.p.restart then call(connect, "connect = 0") end
    call(connect, "connect = -1 EISCONN")
    call("send thanks", "send = 6")
    s:receives "thanks"
    calls:close_stdin():exits(0)
    s:reads_eof()
    t:expect(t.server:count "ESTABLISHED"):is(0)
    t:flow(6000):shape [[
      client > server  S
      server > client  S.
      server > client  data "welcome"
      client > server  data "thanks"
      client > server  F.
    ]]
  end,
}
