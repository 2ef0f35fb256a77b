-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that stops listening in the middle of a handshake",
  why = [[
    The SYN-ACK is on its way when the listener is closed. Nothing is sent for the half-open connection, which has no socket; Linux only
    finds out that it has no listener any more when its timer or the client's ACK comes. The client, answered, believes itself
    connected and connect succeeds; its ACK is answered with RST. What a program sees is therefore a success and then
    ECONNRESET, not ECONNREFUSED: what connect reports may be over when it returns.
  ]],
  refs = { "connect(2)", "RFC 9293, 3.5.2", "net/ipv4/tcp_ipv4.c: tcp_v4_rcv()", "net/ipv4/inet_connection_sock.c: inet_csk_listen_stop()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, held = { "SYN-ACK", "ACK" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local packet = t.p.held == "ACK" and "client > server ." or "server > client S."
    local gate = t.wire:hold(packet)
    local c = t.client:socket("c"):connect(l)
    t:expect(gate:held()):is(1)
    -- what the client says again when this takes longer than a second: it would find nobody who listens
    t.wire:drop { "client > server S", optional = true }
    if t.p.held == "ACK" then c:connected():state "ESTABLISHED" else c:connecting():state "SYN_SENT" end
    l:close()
    t:expect(t.server:count "LISTEN"):is(0)
    gate:off():release()
    t.wire:idle()
    -- poll(2) says that the connect is over; by the time that it is looked at, so is the connection
    if t.p.held == "ACK" then c:reset() else c:fails "ECONNRESET" end
    c:state "CLOSED"
    t:expect(t.server:count "SYN_RECV"):is(0)
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  .
      server > client  R  seq 1
    ]]
  end,
}
