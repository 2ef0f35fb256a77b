-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client with a prompt shows it at once, and the whole answer, through a pipe as on a terminal",
  why = [[
    stdout is line-buffered on a terminal and block-buffered in a pipe, and a prompt has no newline: a program that
    never says fflush looks right to whoever tries it by hand (reading from a terminal flushes) and stays mute in a
    test, a script or a log. And one recv is not one answer: it may come in pieces, and a line may be longer than any
    buffer.
  ]],
  refs = { "setbuf(3)", "stdio(3)", "recv(2)" },
  contract = "unix-echo",
  world = "loop",
  matrix = { terminal = { false, true }, server_leaves = { "before the question", "before the answer", "in the answer" } },
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "echo.sock":listen(1)
    local cli = t:start { role = "client", terminal = t.p.terminal }
    local s = l:accept "s"
    cli:stdout():exactly("connected\n> echo> hola\n> echo> in two pieces\n> echo> \n> " ..
      (t.p.server_leaves == "in the answer" and "echo> are\n" or "") .. "server closed the connection\n")
    cli:stdout():has "connected\n> "
    cli:stdin "hola"
    s:receives "hola\n":send "hola\n"
    cli:stdout():has "echo> hola\n> "
    cli:stdin "in two pieces"
    s:receives "in two pieces\n":send "in two "
    cli:runs():sleeps()
    s:send "pieces\n"
    cli:stdout():has "echo> in two pieces\n> "
    cli:stdin ""
    s:receives "\n":reads_nothing():send "\n"
    cli:stdout():has "echo> \n> "
    cli:runs():sleeps()
    if t.p.server_leaves == "before the question" then
      -- it waits for its user and cannot know; the next line finds nobody
      s:close()
      cli:stdin "are you there?"
    else
      cli:stdin "are you there?"
      s:receives "are you there?\n"
      if t.p.server_leaves == "in the answer" then s:send "are" end
      s:close()
    end
    cli:exits(1)
    cli:stderr():exactly ""
  end,
}
