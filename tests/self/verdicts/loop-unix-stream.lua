-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix stream",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "echo.sock":listen(4)
    local c = t.client:socket("c", "unix"):connect "echo.sock":connected()
    local s = l:accept "s"
    c:send "hello":send "world":shutdown "wr"
    s:receives "helloworld":reads_eof():send "bye":close()
    c:receives "bye":reads_eof()
    -- the listener and what it accepted are in the kernel's table
    local rows = 0
    for _, row in ipairs(t.server:sockets("unix"):value()) do
      if row.path == "echo.sock" then rows = rows + 1 end
    end
    t:expect(rows):is(1) -- the accepted one was closed
  end,
}
