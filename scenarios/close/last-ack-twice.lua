-- SPDX-License-Identifier: MIT
return scenario {
  title = "The last ACK, sent twice, meets a closed port: RST, and nobody is harmed",
  why = [[
    Who closes last repeats its FIN until it is acknowledged, and each repetition is answered from TIME_WAIT. When the first of these ACKs
    comes late, the second finds no connection any more, and the kernel answers RST. Such an RST comes after both ends: it resets
    nothing. A busy machine makes it by itself, which is why `never "R"` does not speak of it.
  ]],
  refs = { "RFC 9293, 3.10.7.1 and 3.10.7.4", "net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()", "net/ipv4/tcp_ipv4.c: tcp_v4_send_reset()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local a = l:accept "a"
    c:close()
    a:reads_eof()
    t.wire:idle()
    local acks = t.wire:hold { "client > server .", repeats = true }
    a:close()
    t:expect(acks:held()):at_least(2)
    acks:off():release(2)
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  F.  x 2
      client > server  .   optional
      server > client  R
    ]]
    c.flow:never "R"
  end,
}
