-- SPDX-License-Identifier: MIT
-- expect.lua - expectations on values, now or as soon as they hold; and those that wait for the end of the case
local lib = ...

-- A value that can be looked at again: t:expect(srv:queue()):is { waiting = 1 } waits until it is so.
local Observable = lib.class "observable value"
lib.Observable = Observable

-- look(): the value now. what: whose value, for words.
function lib.observable(what, look)
  return setmetatable({ what = what, look = look }, Observable)
end

-- The value now, for scripts that compute with it.
function Observable:value()
  return self.look()
end

local function fits(actual, wanted)
  if type(wanted) ~= "table" then return actual == wanted end
  if type(actual) ~= "table" then return false end
  if next(wanted) == nil then return next(actual) == nil end
  for key, value in pairs(wanted) do
    if not fits(actual[key], value) then return false end
  end
  return true
end

local Expectation = lib.class "expectation"

function lib.expect(x)
  local e = setmetatable({ subject = x, line = lib.expectation(), used = false }, Expectation)
  lib.expectations[#lib.expectations + 1] = e
  return e
end

-- A field that the value does not have can be neither equal nor unequal.
local function check_fields(line, what, wanted, seen)
  if type(wanted) ~= "table" or type(seen) ~= "table" or next(seen) == nil then return end
  for key in pairs(wanted) do
    if type(key) == "string" and seen[key] == nil then
      lib.misuse(line, string.format("%s has no field %s%s", what, lib.show(key), lib.suggest(key, lib.names_of(seen))))
    end
  end
end

-- more: for the reason alone, what differs from run to run and has no place in the trace.
local function judge(e, wanted, words, holds, more)
  e.used = true
  local subject = rawget(e, "subject") -- nil is a value too
  local observable = getmetatable(subject) == Observable
  local what = observable and subject.what or "the value"
  local seen
  local function look()
    if observable then seen = subject.look() else seen = subject end
    return holds(seen)
  end
  local ok
  if observable then ok = lib.wait(look) else ok = look() end
  lib.step("expect", e.line, string.format("%s %s", what, words), not ok)
  check_fields(e.line, what, wanted, seen)
  if ok then return end
  lib.fail(e.line, string.format("%s is %s; expected %s%s%s", what, lib.show(seen), words, more and lib.lucky(more) or "",
    observable and string.format(" within %g s", lib.deadline) or ""))
end

function Expectation:is(wanted)
  judge(self, wanted, "is " .. lib.show(wanted), function(v) return fits(v, wanted) end)
end

function Expectation:is_not(wanted)
  judge(self, wanted, "is not " .. lib.show(wanted), function(v) return not fits(v, wanted) end)
end

function Expectation:at_least(wanted)
  judge(self, wanted, "is at least " .. lib.show(wanted), function(v) return v ~= nil and v >= wanted end)
end

function Expectation:at_most(wanted)
  judge(self, wanted, "is at most " .. lib.show(wanted), function(v) return v ~= nil and v <= wanted end)
end

-- A time, in ns, that a kernel's timer of so many seconds may take.
function Expectation:lasts(seconds)
  if type(seconds) ~= "number" then lib.misuse(self.line, "lasts takes seconds: t:expect(b:time() - a:time()):lasts(60)") end
  local from, to = lib.timer_range(seconds)
  judge(self, seconds, "is as long as the timer", function(v) return v ~= nil and v >= from and v <= to end,
    string.format(", set to %.3f s: %.3f to %.3f s", seconds, from / 1e9, to / 1e9))
end

-- An expectation on evidence that is complete only when the case has come to rest.
-- judge(): "holds" | "not yet" | "parts", reason, explanation, and where they part: packet, line of the pattern.
function lib.defer(what, judgement, line)
  lib.deferred[#lib.deferred + 1] = { what = what, judge = judgement, line = line, home = line }
end

-- Wait until every deferred expectation holds or cannot any more.
function lib.await_deferred()
  lib.wait(function()
    for _, d in ipairs(lib.deferred) do
      if d.judge() == "not yet" then return false end
    end
    return true
  end, lib.restless and 0 or nil)
end

-- Judge them all, once and for all, in the order of the script; the first that does not hold is the reason. whole: the script came to its
-- end. If not, what has not come may be what the script had still to cause: only what contradicts counts.
function lib.judge_deferred(whole)
  for _, d in ipairs(lib.deferred) do
    local status, reason, explanation, packet, pattern_line = d.judge(true)
    lib.step("expect", d.line, d.what, status ~= "holds")
    if status == "parts" or (status == "not yet" and whole) then
      lib.note_failure(lib.failure(d.line, reason, explanation, { packet = packet, pattern_line = pattern_line }), d.home)
    end
  end
end

-- What a script asked for and never judged is a mistake of the script.
function lib.check_unused()
  for _, e in ipairs(lib.expectations) do
    if not e.used then
      lib.misuse(e.line, "this expectation expects nothing; write t:expect(x):is(…)")
    end
  end
end
