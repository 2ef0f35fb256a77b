-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: packet 1: a program on … sent a datagram longer than the MTU, in fragments, of which patterns do not speak
-- the script sends nothing that is too long, also where a socket of its own stands beside the program
return scenario {
  title = "fail fragments",
  matrix = { from = { "server", "client" } },
  run = function(t)
    local host, other = t[t.p.from], t.p.from == "server" and t.client or t.server
    host:run({ "/bin/sh", "-c", "head -c 3000 /dev/zero | socat -u -b 3000 - UDP4-SENDTO:" .. other:address(9).address .. ":9", name = "p" }):exits(0)
    local u = t.client:socket("u", "udp"):connect(t.server:address(6000)):connected():send "x"
    u.flow:count("client > server udp", 1) --<-
  end,
}
