-- SPDX-License-Identifier: MIT
return scenario {
  title = "What the queues in the table count",
  why = [[
    Of a connection the receive queue counts bytes that the program has not read, the send queue bytes that the peer has not
    acknowledged, sent or not. Of a listener the receive queue counts connections, not bytes. netstat and ss write all of them
    under the same two heads. The client's ACKs are held on the wire, so that what the server wrote stays unacknowledged.
  ]],
  refs = { "ss(8)", "proc_pid_net(5)", "net/ipv4/tcp_ipv4.c: get_tcp4_sock()" },
  contract = "socket-table",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local function at(host, port)
      local a = host:address(port)
      return (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(a.address, a.port)
    end
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(20)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send(t:bytes(26))
    t:given(function() t:expect(s:queue()):is { unread = 26, unacknowledged = 0 } end)
    t.wire:hold("src port " .. c:port())
    s:send(t:bytes(300))
    t:given(function() t:expect(s:queue()):is { unread = 26, unacknowledged = 300 } end)
    local rows = { ("ESTABLISHED %s %s unread 26 unacknowledged 300"):format(at(t.server, 6000), at(t.client, c:port())) }
    for i = 1, 12 do
      local w = t.client:socket("w" .. i):connect(l):connected()
      rows[#rows + 1] = ("ESTABLISHED %s %s unread 0 unacknowledged 0"):format(at(t.server, 6000), at(t.client, w:port()))
    end
    t:given(function() t:expect(l:queue()):is { waiting = 12 } end)
    rows[#rows + 1] = ("LISTEN %s waiting 12"):format(at(t.server, 6000))

    local lister = t:start()
    lister:stdout():has "LISTEN" -- sorts behind all others
    local row = at(t.client, c:port()):gsub("[%[%].]", "%%%0") .. " unread (%d+) unacknowledged (%d+)\n"
    local unread, unacknowledged = lister:stdout():text():match(row)
    t:expect { unread = unread, unacknowledged = unacknowledged }:is { unread = "26", unacknowledged = "300" }
    for _, line in ipairs(rows) do lister:stdout():line(line) end
    lister:stdout():exactly(rows)
    lister:exits(0)
  end,
}
