-- SPDX-License-Identifier: MIT
local function name(length)
  return ("p"):rep(length)
end

return scenario {
  title = "A path that sun_path cannot hold is refused, not cut",
  why = [[
    sun_path has 108 bytes. The kernel takes a path of 108 without its NUL; one more makes the address too long:
    EINVAL, not ENAMETOOLONG as one might think. A program cannot come so far: strcpy writes beyond the struct,
    strncpy cuts in silence, and then a server listens under a name that nobody told it. It must count first. 107 and
    a NUL go everywhere.
  ]],
  refs = { "unix(7)", "bind(2): EINVAL", "net/unix/af_unix.c: unix_validate_addr()" },
  contract = "unix-messages",
  needs = { "program:/bin/ls", "program:/bin/rm" },
  world = "loop",
  run = function(t)
    -- the kernel's part
    t:given(function()
      local whole = t.server:socket("whole", "unix"):bind(name(108)):listen(1):getsockname():returns(name(108))
      t.client:socket("c", "unix"):connect(whole):connected()
      t.server:socket("over", "unix"):bind(name(109)):fails "EINVAL"
      t.client:socket("far", "unix"):connect(name(109)):fails "EINVAL"
      whole:close()
      t.server:run { "/bin/rm", name(108), name = "rm" }:exits(0)
    end)

    for _, length in ipairs { 108, 150 } do
      local long = t:start { role = "server", name = "server of " .. length, path = name(length), listens = false }
      long:exits(1)
      long:stderr():exactly { ("cannot listen on %s: ENAMETOOLONG"):format(name(length)) }
      local cli = t:start { role = "client", name = "client of " .. length, path = name(length), message = "lost" }
      cli:exits(1)
      cli:stderr():exactly { ("cannot connect to %s: ENAMETOOLONG"):format(name(length)) }
    end
    t.client:run { "/bin/ls", name = "ls" }:exits(0):stdout():exactly ""

    local srv = t:start { role = "server", path = name(107) }
    t:start { role = "client", path = name(107), message = "just so" }:exits(0)
    srv:stdout():exactly { "just so" }
    srv:stdout():line "just so"
  end,
}
