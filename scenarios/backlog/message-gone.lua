-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that has left before it was accepted: its message counts when it was whole",
  why = [[
    The server stands still while its client comes and leaves. accept succeeds all the same. What the client had sent is still
    there: a whole message is printed and answered, though the answer meets nobody after a close, and fails after a reset. A
    client that left without a word makes recv() = 0: to strip "the newline" of that writes in front of the buffer, and to
    print it shows what was there before. One that has reset is no peer any more, so getpeername fails; accept has said its
    name.
  ]],
  refs = { "accept(2)", "getpeername(2): ENOTCONN", "recv(2)", "send(2): ECONNRESET, EPIPE", "RFC 9293, 3.10.7.4" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, leaves = { "silent", "half", "whole", "reset" } },
  run = function(t)
    local srv = t:start()
    srv:freeze()
    local c = t.client:socket("c"):connect(srv):connected()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    if t.p.leaves == "half" then c:send "hel" end
    if t.p.leaves == "whole" or t.p.leaves == "reset" then c:send "hello\n" end
    if t.p.leaves == "reset" then c:linger(0) end
    c:close()
    t.wire:idle()
    t:given(function() t:expect(srv:queue()):is { waiting = 1 } end)
    srv:thaw()

    local lines = { "listening on port " .. srv:port(), "connected from " .. name }
    srv:stdout():line("connected from " .. name)
    if t.p.leaves == "silent" or t.p.leaves == "half" then
      srv:exits(1)
      srv:stderr():exactly { "no message: the client ended first" }
    else
      srv:stdout():line "message: hello"
      lines[#lines + 1] = "message: hello"
      srv:runs():sleeps()
      srv:stdin "good day"
      if t.p.leaves == "whole" then
        srv:exits(0)
        lines[#lines + 1] = "answered"
        srv:stderr():exactly ""
      else
        srv:exits(1)
        srv:stderr():exactly { "lost " .. name .. ": ECONNRESET" }
      end
    end
    srv:stdout():exactly(lines)
  end,
}
