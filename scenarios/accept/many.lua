-- SPDX-License-Identifier: MIT
return scenario {
  title = "Many at once: accept gives them in the order in which their handshakes ended",
  why = [[
    The SYNs of a dozen clients arrive together. What brings a connection into the queue is the handshake's last ACK, so these are
    held and let go in another order than the SYNs came in: that is the order that accept gives. Each accepted socket is the one of its
    client and hears nobody else.
  ]],
  refs = { "accept(2)", "listen(2)", "net/ipv4/inet_connection_sock.c: inet_csk_reqsk_queue_add()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local N = 12
    -- a queue more than half full of half-made connections gives them up early (reqsk_timer_handler())
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2 * N)
    local acks, clients = {}, {}
    -- one gate for each client: it keeps its last ACK
    for i = 1, N do
      local port = 7000 + i
      acks[i] = t.wire:hold(("src port %d and (tcp[13] = 16 or ip6[53] = 16)"):format(port))
      clients[i] = t.client:socket("c" .. i):bind(t.client:address(port)):connect(l):connected()
      t:expect(acks[i]:held()):is(1)
    end
    t:expect(t.server:count "SYN_RECV"):is(N)
    t:expect(l:queue()):is { waiting = 0 }
    for i = 1, N do
      local which = i * 7 % N + 1
      acks[which]:off():release()
      t:expect(l:queue()):is { waiting = i }
    end
    for i = 1, N do clients[i]:send("I am " .. i .. "\n") end
    for i = 1, N do
      local which = i * 7 % N + 1
      local s = l:accept("s" .. which)
      s:getpeername():returns((t.family == "ipv6" and "[2001:db8::1]:%d" or "192.0.2.1:%d"):format(clients[which]:port()))
      s:receives("I am " .. which .. "\n"):reads_nothing()
    end
    t:expect(t.server:count "ESTABLISHED"):is(N)
    t:expect(l:queue()):is { waiting = 0 }
  end,
}
