-- SPDX-License-Identifier: MIT
return scenario {
  title = "Data for a side that has ended: shutdown reads it, close answers RST",
  why = [[
    Both send the same FIN, and the peer cannot tell them apart. After shutdown(SHUT_WR) the socket still receives. After close there is
    nobody to give the data to: the kernel in FIN_WAIT2 answers the first byte with RST, which tells the peer that it was lost. A FIN without
    data ends both alike.
  ]],
  refs = { "shutdown(2)", "RFC 1122, 4.2.2.13", "RFC 9293, 3.6.1", "net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()" },
  matrix = { family = { "ipv4", "ipv6" }, how = { "shutdown", "close" }, peer_sends = { "data", "FIN", "data with FIN" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    if t.p.how == "close" then c:close() else c:shutdown "wr" end
    c:state "FIN_WAIT2"
    s:reads_eof():state "CLOSE_WAIT"
    if t.p.peer_sends == "data with FIN" then s:option("TCP_CORK", 1) end
    if t.p.peer_sends ~= "FIN" then s:send "one more thing" end
    if t.p.peer_sends ~= "data" then s:close() end

    if t.p.how == "shutdown" then
      if t.p.peer_sends ~= "FIN" then c:receives "one more thing" end
      if t.p.peer_sends ~= "data" then c:reads_eof():state "TIME_WAIT" else c:state "FIN_WAIT2" end
      c.flow:never "R"
    elseif t.p.peer_sends == "FIN" then
      c:state "TIME_WAIT"
      c.flow:never "R"
    else
      c:state "CLOSED"
      s:state "CLOSED"
      c.flow:count("client > server R", 1)
      if t.p.peer_sends == "data" then s:send("and more", { once = true }):fails "EPIPE" end
    end
    c.flow:count("client > server F", 1)
  end,
}
