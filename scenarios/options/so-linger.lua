-- SPDX-License-Identifier: MIT
return scenario {
  title = "SO_LINGER: what close does with bytes that the peer has not acknowledged",
  why = [[
    The client's bytes are held on the wire when it closes. Without the option close returns at once and the kernel goes on
    delivering. With a time, close itself waits until they are acknowledged, or the time is over. With a time of 0 nothing is
    delivered any more: what was not sent is thrown away and the peer gets a reset. None of them tells that the server's
    program has read anything.
  ]],
  refs = { "socket(7): SO_LINGER", "close(2)", "RFC 9293, 3.10.4, 3.10.5" },
  contract = "blocking-calls",
  matrix = { family = { "ipv4", "ipv6" }, linger = { "off", "0 s", "60 s" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local p = t:start()
    p:stdin("socket " .. t.family)
    p:stdin(("connect %s 6000"):format(t.server:address(0).address))
    p:stdout():line "connect = 0"
    local s = l:accept "s"
    if t.p.linger ~= "off" then
      p:stdin("linger " .. t.p.linger:match "%d+")
      p:stdout():line "linger = 0"
    end
    local held = t.wire:hold "client > server data"
    p:stdin "send hello"
    p:stdout():line "send = 5"
    p:stdin "close"
    local flow = t:flow(6000)
    if t.p.linger == "off" then
      p:stdout():line "close = 0"
      t:expect(t.client:count "FIN_WAIT1"):is(1)
    elseif t.p.linger == "0 s" then
      p:stdout():line "close = 0"
      s:reset()
      t:expect(t.client:count "FIN_WAIT1"):is(0)
    else
      t:expect(t.client:count "FIN_WAIT1"):is(1)
      p:sleeps()
      t:expect(p:stdout():text():find("close", 1, true)):is(nil)
    end
    held:off():release()
    if t.p.linger ~= "0 s" then
      s:receives "hello":reads_eof()
      p:stdout():line "close = 0"
      flow:never "R"
    end
    p:close_stdin():exits(0)
  end,
}
