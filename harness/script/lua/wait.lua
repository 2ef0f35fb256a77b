-- SPDX-License-Identifier: MIT
-- wait.lua - the only way to wait: for a fact, up to a deadline, in a coroutine
local lib = ...
local core -- set by lib.begin

local NS = 1000000000
-- A fact that the kernel announces to nobody (a LISTEN row, a thread falling asleep) is looked up again after this long at
-- first, then half as long again each time. Everything that can announce itself wakes the loop at once.
-- A wait of hours (virtual clock) would be looks and nothing else: so a look is never sooner than 1/LOOKS of what the wait has lasted.
lib.LOOKS = 100
-- Where a case goes on behind a failure most waits run out, and looking costs other cases more than a late look would cost this one.
local FIRST_LOOK, LONGEST_LOOK, LONGEST_BEHIND_A_FAILURE = 200000, 5000000, 50000000

function lib.begin_wait(c)
  core = c
end

-- Wait until fact() is truthy and return it; nil when `seconds` (the scenario's deadline) have passed first.
function lib.wait(fact, seconds)
  local began = core.now()
  local deadline = began + math.floor((seconds or lib.deadline) * NS)
  local look = FIRST_LOOK
  while true do
    local value = fact()
    if value then return value end
    local now = core.now()
    if now >= deadline then
      if not seconds then lib.ran_out() end
      return nil
    end
    lib.last_line = lib.line()
    coroutine.yield(math.min(deadline, now + look))
    look = math.min(look * 3 // 2, lib.first and LONGEST_BEHIND_A_FAILURE or math.max(LONGEST_LOOK, (now - began) // lib.LOOKS))
  end
end

-- Run functions side by side until all have returned; the first that raises ends it. Returns nothing.
function lib.play(functions)
  local running = {}
  for i, f in ipairs(functions) do
    running[i] = { co = coroutine.create(function() return xpcall(f, lib.locate) end), due = 0 }
  end
  while #running > 0 do
    local due = math.huge
    for i = #running, 1, -1 do
      local one = running[i]
      local alive, first, raised = coroutine.resume(one.co)
      if not alive then error(first, 0) end
      if coroutine.status(one.co) == "dead" then
        if not first then error(raised, 0) end
        table.remove(running, i)
      else
        one.due = first
        due = math.min(due, first)
      end
    end
    if #running > 0 then core.step(due) end
  end
end

-- Functions side by side inside a script that is itself a coroutine.
function lib.together(functions)
  local running, branch = {}, {}
  local mine = lib.branch
  for i, f in ipairs(functions) do
    running[i] = coroutine.create(function() return xpcall(f, lib.locate) end)
    lib.branches = lib.branches + 1
    branch[running[i]] = lib.branches
  end
  while #running > 0 do
    local due = math.huge
    for i = 1, #running do
      lib.branch = branch[running[i]]
      local alive, first, raised = coroutine.resume(running[i])
      lib.branch = mine
      if not alive then error(first, 0) end
      if coroutine.status(running[i]) == "dead" then
        if not first then error(raised, 0) end
        running[i] = false
      else
        due = math.min(due, first)
      end
    end
    for i = #running, 1, -1 do
      if not running[i] then table.remove(running, i) end
    end
    if #running > 0 then coroutine.yield(due) end
  end
end
