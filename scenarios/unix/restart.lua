-- SPDX-License-Identifier: MIT
local paths = {
  -- it was killed, and its file is still there
  ["left behind"] = function(t)
    t:start { role = "server", name = "first" }:kill()
    t:given(function() t.client:socket("nobody", "unix"):connect "messages.sock":fails "ECONNREFUSED" end)
    local srv = t:start { role = "server" }
    t:start { role = "client", message = "is anybody there?" }:exits(0)
    srv:stdout():line "is anybody there?"
    srv:runs()
  end,
  -- somebody listens there: he must not be robbed of his name
  ["in use"] = function(t)
    local first = t:start { role = "server", name = "first" }
    t:start { role = "server", name = "second", listens = false }:exits(1):stderr():line "cannot listen on messages.sock: EADDRINUSE"
    t:start { role = "client", message = "who is there?" }:exits(0)
    first:stdout():line "who is there?"
    first:runs()
    first:stderr():exactly ""
  end,
  -- he listens, but does not come to accept: his queue is full
  ["in use, and full"] = function(t)
    t.server:sysctl("net.core.somaxconn", 0)
    local first = t:start { role = "server", name = "first" }
    first:freeze()
    local c = t.client:socket("c", "unix"):connect(first):connected():send(string.pack(">s4", "first come")):close()
    t:start { role = "server", name = "second", listens = false }:exits(1):stderr():line "cannot listen on messages.sock: EADDRINUSE"
    first:thaw()
    first:stdout():line "first come"
    first:runs()
  end,
  -- somebody's file, which happens to bear the name
  ["a file"] = function(t)
    t:write_file("messages.sock", "years of work")
    t:start { role = "server", listens = false }:exits(1):stderr():line "cannot listen on messages.sock: EADDRINUSE"
    t:expect(t:read_file "messages.sock"):is "years of work"
  end,
}

return scenario {
  title = "A server takes over a name that was left behind, and never one that is in use",
  why = [[
    A killed server cannot remove its name, so the next one must, or it never starts again. The usual mend, unlink
    before bind, asks nobody: it robs a running server of its name without a word (both then listen, one of them
    unreachable), and deletes a file that was no socket. Whether somebody listens is learned by connecting: only
    ECONNREFUSED means that nobody does.
  ]],
  refs = { "unix(7)", "bind(2): EADDRINUSE", "unlink(2)", "connect(2): ECONNREFUSED, EAGAIN" },
  contract = "unix-messages",
  world = "loop",
  matrix = { path = { "left behind", "in use", "in use, and full", "a file" } },
  run = function(t) paths[t.p.path](t) end,
}
