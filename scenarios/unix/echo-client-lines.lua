-- SPDX-License-Identifier: MIT
local lines = { long = ("x"):rep(5000) .. "\n", binary = "a\0b\xff\n", ["without its end"] = "no newline" }

return scenario {
  title = "A line of any length and any bytes goes there and back; the end of the input ends the client well",
  why = [[
    fgets with 100 bytes of room makes two questions of a line of 150, gets makes a hole in the stack; strlen stops at
    the first NUL that was typed. The end of the input is the end of the work, not an error, even when the last line
    lacks its newline. When nobody listens the client must say so.
  ]],
  refs = { "getline(3)", "gets(3)", "fgets(3)" },
  contract = "unix-echo",
  world = "loop",
  matrix = { line = { "long", "binary", "without its end" } },
  run = function(t)
    local refused = t:start { role = "client", name = "refused" }:exits(1)
    refused:stderr():exactly { "cannot connect to echo.sock: ENOENT" }
    refused:stdout():exactly ""

    local srv = t:start { role = "server" }
    local line = lines[t.p.line]
    local cli = t:start { role = "client" }
    cli:input(line)
    cli:close_stdin()
    cli:exits(0)
    line = line:gsub("\n$", "")
    cli:stdout():exactly("connected\n> echo> " .. line .. "\n> \n")
    cli:stderr():exactly ""
    srv:stdout():line(("disconnected after %d bytes"):format(#line + 1))
  end,
}
