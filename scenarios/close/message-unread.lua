-- SPDX-License-Identifier: MIT
return scenario {
  title = "An answer survives what the client says behind its message",
  why = [[
    The client sends its line, and more that nobody asked for, before it reads. A server that answers and calls close(2) with
    those bytes unread makes its kernel send RST: the client's kernel then may drop the answer that it had already, and the
    client reads ECONNRESET. A server that ends its side with shutdown(2) and reads on until the client has ended loses
    nothing. Nor does a client's own half-close stop the answer.
  ]],
  refs = { "shutdown(2)", "close(2)", "RFC 1122, 4.2.2.13", "RFC 2525, 2.17" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" }, more = { "same-segment", "before-answer", "after-answer" }, half_close = { false, true } },
  run = function(t)
    local more = "and by the way,\n" .. t:bytes(3000)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    c:send(t.p.more == "same-segment" and "hello\n" .. more or "hello\n")
    srv:stdout():line "message: hello"
    if t.p.more == "before-answer" then c:send(more) end
    if t.p.half_close and t.p.more ~= "after-answer" then c:shutdown "wr" end
    t.wire:idle()
    srv:stdin "good day"
    srv:stdout():line "answered"
    t.wire:idle()
    if t.p.more == "after-answer" then
      c:send(more)
      if t.p.half_close then c:shutdown "wr" end
      t.wire:idle()
    end
    c:receives "good day\n":reads_eof():close()
    srv:exits(0)
    srv:stderr():exactly ""
    c.flow:never "R"
    c.flow:count("F", 2)
    t:expect(c.flow:stream "server > client"):is "good day\n"
  end,
}
