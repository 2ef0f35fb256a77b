-- SPDX-License-Identifier: MIT
return scenario {
  title = "An abstract name is gone with its socket, and every byte of it counts",
  why = [[
    A name whose first byte is NUL (written @ here) is in no file system: no file, no rights, no stale name. It is
    free again as soon as the last descriptor is closed. It is as long as the address length says, not as long as its
    string: who passes sizeof(struct sockaddr_un) has bound a name with NULs behind it, and whoever passes the right
    length does not find it. Only Linux has these names.
  ]],
  refs = { "unix(7): abstract sockets" },
  needs = { "program:socat", "program:/bin/ls" },
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "@name":listen(1):getsockname():returns "@name"
    t.server:socket("twice", "unix"):bind "@name":fails "EADDRINUSE"
    t.client:run { "/bin/ls", "-A", name = "ls" }:exits(0):stdout():exactly ""
    t.client:socket("file", "unix"):connect "name":fails "ENOENT"
    t.client:socket("longer", "unix"):connect "@name ":fails "ECONNREFUSED"
    local c = t.client:socket("c", "unix"):connect "@name":connected()
    l:accept "s":getsockname():returns "@name"
    l:close()
    -- the accepted socket bears the name too, but does not keep it
    t.client:socket("late", "unix"):connect "@name":fails "ECONNREFUSED"
    local again = t.server:socket("again", "unix"):bind "@name":listen(1)
    t.client:socket("d", "unix"):connect(again):connected()
    c:reads_nothing()

    -- socat passes the length of the name, or with unix-tightsocklen=0 the whole of sockaddr_un
    t.server:run { "socat", "-u", "ABSTRACT-LISTEN:padded,unix-tightsocklen=0", "STDOUT", name = "padded" }:listens "@padded"
    t.client:socket("tight", "unix"):connect "@padded":fails "ECONNREFUSED"
    local loose = t.client:run { "socat", "-u", "STDIN", "ABSTRACT-CONNECT:padded,unix-tightsocklen=0", name = "loose" }
    loose:close_stdin():exits(0)
  end,
}
