-- SPDX-License-Identifier: MIT
return scenario {
  title = "A full AF_UNIX queue: connect waits, or fails with EAGAIN; nobody is dropped or refused",
  why = [[
    listen(fd, n) lets n + 1 wait, as with TCP, and net.core.somaxconn clamps n. But there is no SYN to drop and to
    repeat: a connect that may wait sleeps until accept makes a place, one that may not fails at once with EAGAIN, not
    EINPROGRESS, and nothing is under way that poll could tell the end of. Course notes that carry the TCP story over
    are wrong here. A program of our own waits while another, stopped, does not accept; then its message arrives all
    the same.
  ]],
  refs = { "listen(2)", "unix(7)", "connect(2): EAGAIN", "net/unix/af_unix.c: unix_stream_connect(), unix_wait_for_peer()" },
  contract = "unix-messages",
  world = "loop",
  matrix = { backlog = { 0, 1, 5 } },
  run = function(t)
    local n = t.p.backlog
    t.server:sysctl("net.core.somaxconn", n)
    local srv = t:start { role = "server" }
    srv:freeze()
    local waiting = {}
    for i = 1, n + 1 do
      waiting[i] = t.client:socket("c" .. i, "unix"):connect(srv):connected()
    end
    t:given(function()
      t:expect(srv:queue()):is { waiting = n + 1, limit = n }
      t.client:socket("impatient", "unix"):connect(srv):fails "EAGAIN"
    end)

    local client = t:start { role = "client", message = "I have waited" }
    client:runs():sleeps()
    srv:stdout():exactly { "from c1", "I have waited" }
    waiting[1]:send "\0\0\0\7from c1"
    for i = 1, n + 1 do waiting[i]:close() end
    srv:thaw()
    client:exits(0)
    srv:stdout():line "I have waited"
    srv:runs()
    srv:stderr():exactly ""
  end,
}
