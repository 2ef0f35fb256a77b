-- SPDX-License-Identifier: MIT
return scenario {
  title = "A listener of several that closes: its clients are reset, or move to another listener",
  why = [[
    Each listener of a SO_REUSEPORT group has a queue of its own. When one closes, connections that wait in its queue are reset although others
    listen on the same port; with tcp_migrate_req = 1 they move to another listener of the group and are accepted there, bytes and all. A
    server that starts a successor and then stops loses clients without it.
  ]],
  refs = { "socket(7): SO_REUSEPORT", "Documentation/networking/ip-sysctl.rst: tcp_migrate_req",
    "net/ipv4/inet_connection_sock.c: inet_csk_listen_stop()" },
  needs = { "sysctl:net.ipv4.tcp_migrate_req" },
  matrix = { family = { "ipv4", "ipv6" }, migrate = { 0, 1 } },
  run = function(t)
    if t.p.migrate == 1 then t:skip_unless "kernel:5.14" end -- Debian's 5.10 has the sysctl, and does nothing with it
    t.server:sysctl("net.ipv4.tcp_migrate_req", t.p.migrate)
    local address = t.server:address(6000)
    local old = t.server:socket("old"):option("SO_REUSEPORT", 1):bind(address):listen(4)
    -- it is the only one as yet, so these are its own
    local a = t.client:socket("a"):connect(old):connected()
    local accepted = old:accept "accepted"
    local b = t.client:socket("b"):connect(old):connected():send "to whom it may concern"
    t:expect(old:queue()):is { waiting = 1 }
    local new = t.server:socket("new"):option("SO_REUSEPORT", 1):bind(address):listen(4)
    old:close()
    if t.p.migrate == 1 then
      local s = new:accept "s"
      s:receives("to whom it may concern"):send "that was me"
      b:receives "that was me"
      b.flow:never "R"
    else
      b:reset():state "CLOSED"
      b.flow:count("server > client R", 1)
      t:expect(new:queue()):is { waiting = 0 }
    end
    a:send "still here"
    accepted:receives "still here"
    t.client:socket("c"):connect(address):connected():send "next"
    new:accept("next"):receives "next"
  end,
}
