-- SPDX-License-Identifier: MIT
return scenario {
  title = "A full receive buffer loses what comes, and tells nobody",
  why = [[
    UDP has no window: a sender cannot know that the receiver is slow. What finds no room is thrown away by the receiving kernel without
    ICMP, without an error at either end. What did find room is still there, oldest first, and once it has been
    read the next datagram is welcome again. "The network lost it" is often this.
  ]],
  refs = { "socket(7): SO_RCVBUF", "udp(7)" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local many = 40
    local s = t.server:socket("s", "udp"):option("SO_RCVBUF", 8192):bind(t.server:address(6000))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    for i = 1, many do c:send(("%02d"):format(i) .. ("."):rep(998)) end
    t.wire:idle()
    local read = 0
    while s:receive(2, { flags = { "PEEK" }, once = true }) do
      read = read + 1
      s:receives(("%02d"):format(read) .. ("."):rep(998))
    end
    t:expect(read):at_least(1)
    t:expect(read):at_most(many - 1)
    c:send "welcome again"
    s:receives "welcome again"
    t:expect(c:option "SO_ERROR"):is(0)
    c.flow:count("client > server udp", many + 1)
    c.flow:never "icmp"
  end,
}
