-- SPDX-License-Identifier: MIT
return scenario {
  title = "A closed socket whose peer is gone: given up after tcp_orphan_retries, in silence",
  why = [[
    close returns at once; the kernel goes on repeating the last data and the FIN. Nobody answers. With a program behind it a connection
    would be tried for tcp_retries2, a quarter of an hour; an orphan is given up much sooner, here with tcp_orphan_retries = 1. No RST is
    sent and nobody is told: that the last bytes never arrived is known to no one on this side. The peer, back on the
    link, still has its half of the connection and learns of it when it sends.
  ]],
  refs = { "tcp(7): tcp_orphan_retries, tcp_retries2", "RFC 1122, 4.2.3.5", "net/ipv4/tcp_timer.c: tcp_write_timeout()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t.client:sysctl("net.ipv4.tcp_orphan_retries", 1)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local orphan = t.client:socket("orphan"):connect(l):connected()
    local s = l:accept "s"
    local kept = t.client:socket("kept"):connect(l):connected()
    l:accept "k"
    t.wire:cut()
    kept:send "never arrives"
    orphan:send "never arrives":close()
    orphan:state "FIN_WAIT1"
    orphan:state "CLOSED"
    t:expect(t.client:count "FIN_WAIT1"):is(0)
    kept:state "ESTABLISHED"
    orphan.flow:never "client > server R.  seq 14"
    s:state("ESTABLISHED"):reads_nothing()
    t.wire:mend()
    s:send "are you still there?"
    s:reset():state "CLOSED"
    orphan.flow:count("client > server F", { min = 1 })
    orphan.flow:count("client > server R", 1)
  end,
}
