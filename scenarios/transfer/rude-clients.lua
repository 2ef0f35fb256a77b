-- SPDX-License-Identifier: MIT
local rude = {
  -- TCP has no messages: a header may come in as many pieces as it has bytes
  piecemeal = function(t, srv, bytes)
    local c = t.client:socket("piecemeal"):option("TCP_NODELAY", 1):connect(srv):connected()
    local request = "1\0" .. "300\0\0\0\0\0\0\0"
    for i = 1, #request - 1 do
      c:send(request:sub(i, i))
      t.wire:idle()
      c:reads_nothing()
    end
    c:send(request:sub(-1)):receives(bytes:sub(301)):reads_eof()
  end,
  ["half a request"] = function(t, srv)
    t.client:socket("half"):connect(srv):connected():send "1":close()
    t.wire:idle()
  end,
  ["leaves at once"] = function(t, srv)
    srv:freeze()
    t.client:socket("leaver"):connect(srv):connected():send "0\0":close()
    -- how much the server hands over before the RST is there must not be luck: it is as much as the kernel takes
    local answer = t.wire:hold "server > client data"
    srv:thaw()
    t.wire:idle()
    answer:off():release()
    srv:runs():sleeps()
  end,
  ["resets at once"] = function(t, srv)
    srv:freeze()
    t.client:socket("resetter"):connect(srv):connected():send "0\0":linger(0):close()
    srv:thaw()
    srv:runs():sleeps()
  end,
  ["no number"] = function(t, srv)
    local c = t.client:socket("wordy"):connect(srv):connected():send "1\0ten bytes?"
    c:reads_eof()
  end,
}

return scenario {
  title = "A file server survives clients that are slow, rude, or gone",
  why = [[
    Each of these clients does one thing that a server which was tried with its own client only may not expect: a header byte by
    byte, half a header and then nothing, a request whose sender is gone before the answer begins (RST
    answers the first piece, EPIPE and SIGPIPE the next), an offset that is no number. The next client must be served as if
    nothing had been.
  ]],
  refs = { "recv(2)", "send(2): EPIPE", "RFC 9293, 3.10.7.1" },
  contract = "tcp-resume",
  matrix = { family = { "ipv4", "ipv6" }, client = { "piecemeal", "half a request", "leaves at once", "resets at once", "no number" } },
  run = function(t)
    local bytes = t:bytes(100000)
    t:write_file("source_file", bytes)
    -- room for little unsent: the whole file cannot be handed over before the RST is there
    t.server:sysctl("net.ipv4.tcp_wmem", "4096 4096 4096")
    local srv = t:start { role = "server" }
    rude[t.p.client](t, srv, bytes)
    srv:runs():sleeps()
    local next = t.client:socket("next"):connect(srv):connected():send "0\0"
    next:receives(bytes):reads_eof()
    next.flow:never "R"
  end,
}
