-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a call that stops interrupt and the kernel begins again is one, and has its last result",
  world = "loop",
  matrix = { how = { "poll", "poll-limit", "ppoll", "select", "pause" }, after = { "input", "handler" } },
  where = function(p) return p.how ~= "pause" or p.after == "handler" end,
  run = function(t)
    local how, handler = t.p.how, t.p.after == "handler"
    local p = t.client:run { "programs/waits", how, handler and "handler" or nil, name = "p", traced = true }
    local call = how:match "^%w+"
    p:sleeps()
    for _ = 1, 3 do
      p:freeze()
      p:thaw()
      p:sleeps()
    end
    t:expect(p:calls(call)):is(0)
    if handler then p:signal "USR1" else p:stdin "x" end
    p:stdout():exactly(handler and "Interrupted system call\n" or "input\n")
    p:exits(0)
    p:call(call .. (handler and " = -1 EINTR" or " = 1"))
    t:expect(p:calls(call)):is(1)
  end,
}
