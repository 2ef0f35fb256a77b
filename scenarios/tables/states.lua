-- SPDX-License-Identifier: MIT
return scenario {
  title = "Sockets in other states are no listeners and no connections",
  why = [[
    The kernel's table has a row for each state: a connect that nobody has answered, a half-made connection of the listener, one
    side that has ended, TIME-WAIT, which belongs to no program any more. A list of who listens and who is connected has to
    pick. A socket that is only bound has no row in /proc/net/tcp.
  ]],
  refs = { "RFC 9293, 3.3.2", "include/net/tcp_states.h" },
  contract = "socket-table",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local function at(host, port)
      local a = host:address(port)
      return (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(a.address, a.port)
    end
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local far = t.client:socket("far"):bind(t.client:address(6001)):listen(5)
    t.server:socket("bound"):bind(t.server:address(6002))

    local syn, out, ack, d
    t:given(function()
      -- FIN_WAIT2 and CLOSE_WAIT on the server's side, and TIME_WAIT
      t.client:socket("a"):connect(l):connected()
      l:accept("ended"):shutdown("wr"):state "FIN_WAIT2"
      t.client:socket("b"):connect(l):connected():shutdown "wr"
      l:accept("left"):reads_eof():state "CLOSE_WAIT"
      local c = t.client:socket("c"):connect(l):connected()
      l:accept("last"):close()
      c:reads_eof():close()
      t:expect(t.server:count "TIME_WAIT"):is(1)
      -- SYN_SENT to a port whose SYN is held, SYN_RECV of a client whose ACK is held
      syn = t.wire:hold "server > client S"
      out = t.server:socket("out"):connect(far):connecting():state "SYN_SENT"
      ack = t.wire:hold "client > server ."
      d = t.client:socket("d"):connect(l):connected()
      t:expect(t.server:count "SYN_RECV"):is(1)
    end)

    local lister = t:start()
    local only = ("LISTEN %s waiting 0"):format(at(t.server, 6000))
    lister:exits(0)
    lister:stdout():line(only)
    for _, port in ipairs { 6002, out:port(), d:port() } do lister:stdout():never(":" .. port) end
    lister:stdout():exactly { only }

    syn:off():release()
    out:connected()
    ack:off():release()
  end,
}
