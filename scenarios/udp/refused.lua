-- SPDX-License-Identifier: MIT
return scenario {
  title = "Nobody is there: ICMP says so, but only a connected socket is told",
  why = [[
    The datagram was sent, so send succeeds. The other kernel answers with ICMP port unreachable, and what becomes of that
    depends on the socket it is about. A connected one fails at its next call, whichever that is, with ECONNREFUSED, once;
    then it is as good as before. An unconnected one is told nothing: the ICMP error cannot be handed to a call
    without saying which of its many peers is meant. It can ask for errors all the same (IP_RECVERR), and find the
    address in the error queue.
  ]],
  refs = { "udp(7)", "ip(7): IP_RECVERR", "RFC 1122, 4.1.3.3" },
  matrix = { family = { "ipv4", "ipv6" }, socket = { "connected", "unconnected", "asks for errors" }, next_call = { "send", "recv" } },
  run = function(t)
    local nowhere = t.server:address(6000)
    local c = t.client:socket("c", "udp"):bind(t.client:address(6001))
    local told = t.p.socket ~= "unconnected"
    if t.p.socket == "connected" then c:connect(nowhere):connected() end
    if t.p.socket == "asks for errors" then c:option(t.family == "ipv6" and "IPV6_RECVERR" or "IP_RECVERR", 1) end
    local function send(bytes) c:send(bytes, { once = true, to = t.p.socket ~= "connected" and nowhere or nil }) end

    send "anybody?"
    c:returns(8)
    t.wire:idle()
    if t.p.next_call == "send" then
      send "again"
      if told then c:fails "ECONNREFUSED" else c:returns(5) end
    else
      local _, errno = c:receive(10, { once = true })
      t:expect(errno):is(told and "ECONNREFUSED" or "EAGAIN")
    end
    -- told once; and a call that failed has sent nothing
    if told then c:reads_nothing() end
    local sent = not told and t.p.next_call == "send" and 2 or 1

    -- somebody is there now: the same socket reaches it
    t.wire:idle()
    local s = t.server:socket("s", "udp"):bind(nowhere)
    send "hello"
    s:receives "hello":reads_nothing()
    t:flow(6000):count("client > server udp", sent + 1)
    t:flow(6000):count("server > client icmp unreachable port", sent)
  end,
}
