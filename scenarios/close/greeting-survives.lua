-- SPDX-License-Identifier: MIT
local GREETING = "This is a test string from server!\n"

return scenario {
  title = "A greeting arrives whole, whatever the client does meanwhile",
  why = [[
    The server stands still while the client connects and does what it does; then it is let go. A client that ended first,
    with shutdown, still reads: a half-closed connection is no closed one. What a client says to a server that does not want
    to hear is the danger: close(2) with bytes unread sends RST instead of FIN, and the peer's kernel may throw the greeting
    away with it. The server has to end its side and read on. The greeting is 35 bytes: no NUL behind them, no rest of a
    buffer.
  ]],
  refs = { "shutdown(2)", "RFC 9293, 3.6 and 3.10.7.4", "RFC 2525, 2.17", "RFC 1122, 4.2.2.13" },
  contract = "tcp-greeter",
  matrix = { family = { "ipv4", "ipv6" }, client = { "silent", "ends-first", "speaks", "speaks-and-ends" } },
  run = function(t)
    local speaks = t.p.client:find "speaks" and "is anybody there?\n" or ""
    local ends = t.p.client:find "ends"
    local srv = t:start()
    srv:freeze()
    local c = t.client:socket("c"):connect(srv):connected():send(speaks)
    if ends then
      c:shutdown "wr"
      t:given(function() srv:sees(c, "CLOSE_WAIT") end)
    end
    t.wire:idle()
    srv:thaw()
    c:receives(GREETING):reads_eof()
    if not ends then
      c:state "CLOSE_WAIT"
      srv:sees(c, "FIN_WAIT2")
    end
    c:close()
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    srv:stdout():line("greeted " .. name)
    t:expect(srv:children()):is { alive = 0, zombies = 0 }
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)

    local pattern = "client > server  S\nserver > client  S.\n"
    if #speaks > 0 then pattern = pattern .. 'client > server  data "is anybody there?\\n"\n' end
    pattern = pattern .. (ends
      and [[
        fin: client > server  F.
        server > client       data "This is a test string from server!\n"  after fin
        server > client       F.  after fin
      ]] or [[
        server > client       data "This is a test string from server!\n"
        fin: server > client  F.
        client > server       F.  after fin
      ]])
    c.flow:shape(pattern)
    c.flow:never "R"
    srv:stdout():exactly { "listening on port " .. srv:port(), "connected from " .. name, "greeted " .. name }
  end,
}
