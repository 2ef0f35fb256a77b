-- SPDX-License-Identifier: MIT
return scenario {
  title = "The longest message passes, one byte more is refused",
  why = [[
    A receiver that has to hold a whole message must say how long one may be, or whoever connects decides how much memory it
    uses. At the limit everything still works; beyond it the server says so and ends, with all that came read, so that the
    client sees an ordinary end.
  ]],
  refs = { "recv(2)", "RFC 9293, 3.8" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, over = { 0, 1 } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    local message = ("m"):rep(100000 + t.p.over)
    c:send(message)
    if t.p.over == 0 then
      srv:runs():sleeps()
      c:send "\n"
      srv:stdout():line("message: " .. message)
      srv:stdin "noted"
      c:receives "noted\n":reads_eof():close()
      srv:exits(0)
      srv:stderr():exactly ""
    else
      srv:exits(1)
      srv:stderr():exactly { "message too long" }
      srv:stdout():never "message"
      c:reads_eof()
    end
    c.flow:never "R"
    t:expect(c.flow:bytes "client > server"):is(100001)
  end,
}
