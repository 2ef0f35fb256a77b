-- SPDX-License-Identifier: MIT
return scenario {
  title = "To connect is to write to the file: without the right to write it is EACCES",
  why = [[
    A socket's file has rights like any other, 0777 less the umask when it was made. connect and sendto want the right
    to write to it, and to search its folder; neither reading nor executing means anything. Who is privileged is asked
    nothing, as the scripted socket here; the client is asked, since programs of a case have no capabilities. Not every
    system asks (unix(7)): portable programs guard the folder.
  ]],
  refs = { "unix(7): pathname socket ownership and permissions", "connect(2): EACCES", "capabilities(7): CAP_DAC_OVERRIDE" },
  needs = { "program:ncat", "program:/bin/chmod" },
  world = "loop",
  matrix = { mode = { "0777", "0222", "0555", "0000" } },
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "guarded.sock":listen(4)
    t.server:run { "/bin/chmod", t.p.mode, "guarded.sock", name = "chmod" }:exits(0)
    local cli = t.client:run { "ncat", "--send-only", "-U", "guarded.sock", name = "cli" }
    cli:close_stdin()
    if t.p.mode == "0777" or t.p.mode == "0222" then
      l:accept "s":reads_eof()
      cli:exits(0)
    else
      cli:exits(1)
      cli:stderr():has "Permission denied"
      t:expect(l:queue()):is { waiting = 0 }
    end
    -- for the privileged nothing is closed
    t.client:socket("root", "unix"):connect(l):connected()
    t:expect(l:queue()):is { waiting = 1 }
  end,
}
