-- SPDX-License-Identifier: MIT
return scenario {
  title = "A socket's file outlives it: bind finds the name taken, connect finds nobody",
  why = [[
    bind makes a file, and nothing but unlink removes it: not close, not the end of the process. The next bind to it
    fails with EADDRINUSE, whether or not anybody is behind it, and SO_REUSEADDR means nothing here. connect tells the
    cases apart: ECONNREFUSED when nobody listens, ENOENT when there is no file. Once the file is removed the name is
    free, even while the first socket still listens: it keeps the connections it has, and can never be found again.
  ]],
  refs = { "unix(7)", "bind(2): EADDRINUSE", "connect(2): ECONNREFUSED", "unlink(2)" },
  needs = { "program:/bin/rm" },
  world = "loop",
  matrix = { kind = { "unix", "unix-seqpacket" } },
  run = function(t)
    local kind = t.p.kind
    t.client:socket("early", kind):connect "name.sock":fails "ENOENT"
    local first = t.server:socket("first", kind):bind "name.sock"
    t.client:socket("before listen", kind):connect "name.sock":fails "ECONNREFUSED"
    first:listen(1)
    t.server:socket("second", kind):option("SO_REUSEADDR", 1):bind "name.sock":fails "EADDRINUSE"
    local c = t.client:socket("c", kind):connect "name.sock":connected()
    local s = first:accept "s"

    -- the name goes over to another, and the first goes on unseen
    t.server:run { "/bin/rm", "name.sock", name = "rm" }:exits(0)
    t.client:socket("no name", kind):connect "name.sock":fails "ENOENT"
    local heir = t.server:socket("heir", kind):bind "name.sock":listen(1)
    local d = t.client:socket("d", kind):connect "name.sock":connected()
    first:state "LISTEN"
    t:expect(first:queue()):is { waiting = 0 }
    t:expect(heir:queue()):is { waiting = 1 }
    c:send "still here"
    s:receives "still here"

    heir:close()
    d:reset()
    t.client:socket("late", kind):connect "name.sock":fails "ECONNREFUSED"
    t.server:socket("third", kind):bind "name.sock":fails "EADDRINUSE"
    -- a file that never was a socket is no better
    t:write_file("plain", "text")
    t.server:socket("fourth", kind):bind "plain":fails "EADDRINUSE"
    t.client:socket("e", kind):connect "plain":fails "ECONNREFUSED"
    t:expect(t:read_file "plain"):is "text"
  end,
}
