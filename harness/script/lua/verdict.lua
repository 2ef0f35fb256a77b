-- SPDX-License-Identifier: MIT
-- verdict.lua - how a script ends before its end: fail, skip; and which line of the script is meant
local lib = ...

-- A verdict is raised as a table; anything else that is raised (a string) is the harness's or the script's own error.
local Verdict = { __tostring = function(v) return v.verdict .. ": " .. v.reason end }

-- Words in a reason that another run of the same program may have otherwise: how many bytes a buffer took, what was said last before the end.
-- instead: what is said where a reason must be the same every time ("": nothing).
function lib.lucky(words, instead)
  return "\1" .. words .. "\3" .. (instead or "") .. "\2"
end

local function choose(text, which)
  return (text:gsub("\1(.-)\3(.-)\2", which))
end

-- parts: { packet =, pattern_line = }, where evidence and expectation part; each 0 or nil where there is none.
local function verdict(kind, reason, explanation, line, parts)
  parts = parts or {}
  parts.steady = reason:find("\1", 1, true) and choose(reason, "%2") or nil
  return setmetatable({ verdict = kind, reason = choose(reason, "%1"), explanation = explanation, line = line or lib.line(), parts = parts }, Verdict)
end

function lib.is_verdict(x)
  return getmetatable(x) == Verdict
end

function lib.failure(line, reason, explanation, parts)
  return verdict("fail", reason, explanation, line, parts)
end

-- The software under test did not do what the script expects.
function lib.fail(line, reason, explanation, parts)
  error(lib.failure(line, reason, explanation, parts), 0)
end

-- This machine, or this implementation, cannot be asked.
function lib.skip(line, reason)
  error(verdict("skip", reason, nil, line), 0)
end

-- The script is wrong: reported as `error`, with the mend.
function lib.misuse(line, message)
  error(verdict("error", message, nil, line), 0)
end

-- Going on ---------------------------------------------------------------------------------------------------------------------
--
-- A failure ends a case, and hides what the lines behind it would have told. An audit wants to know which expectations tell anything, so
-- there (lib.goes_on) the first failure is the verdict as ever, and the script goes on behind the verb that failed. Each further expectation that
-- does not hold is noted; whatever else goes wrong behind a failure ends the script quietly.

-- So many waits behind the first failure may run out; the next that does ends the script.
local PATIENCE = 5

function lib.begin_going_on(goes_on)
  lib.goes_on, lib.first, lib.broken, lib.patience, lib.restless = goes_on, nil, {}, PATIENCE, false
end

local function is_failure(raised)
  return lib.is_verdict(raised) and raised.verdict == "fail"
end

-- The first is the verdict. home: the line of the expectation, where the failure names another inside its pattern.
function lib.note_failure(failure, home)
  if not lib.first then
    -- what is lost behind the first failure, where a program may go on sending for ever, does not touch it (perform.c)
    lib.core.check_whole()
    lib.first = failure
  end
  lib.broken[home or failure.line] = true
end

-- A verb as scripts call it in an audit: one that fails is over, and gives what it was called on, for the next of a chain.
local function outlived(verb)
  return function(self, ...)
    local got = table.pack(xpcall(verb, lib.locate, self, ...))
    if got[1] then return table.unpack(got, 2, got.n) end
    if not is_failure(got[2]) then error(got[2], 0) end
    lib.note_failure(got[2])
    return self
  end
end

-- One stage of a case. Returns whether it came to its end; outside of audits it does, or raises.
function lib.stage(f, ...)
  if not lib.goes_on then
    f(...)
    return true
  end
  local whole, raised = xpcall(f, lib.locate, ...)
  if whole then return true end
  if is_failure(raised) then
    lib.note_failure(raised)
  elseif not lib.first then
    error(raised, 0)
  end
  return false
end

-- A wait for a fact has run out.
function lib.ran_out()
  if not lib.first then return end
  lib.patience = lib.patience - 1
  -- who never sleeps takes a processor from all other cases
  if lib.patience < 0 or lib.restless then error(verdict("error", "no more is asked of this case", nil, 0), 0) end
end

-- Which line is meant --------------------------------------------------------------------------------------------------------------

-- The line of the scenario file that is being run, however deep in the library we are.
function lib.line()
  for level = 2, 60 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.source == lib.source then return info.currentline end
  end
  -- inside a coroutine of t:together the script is at the foot of another stack
  return lib.last_line or 0
end

-- As lib.line(), in a verb that judges: the line is noted as one where the script says what must hold. last: where the text of a pattern ends.
function lib.expectation(last)
  local line = lib.line()
  if not lib.staging[coroutine.running()] then lib.expected[line] = math.max(lib.expected[line] or 0, last or line) end
  return line
end

-- What f says sets the stage: it is waited for and can fail, but it is no expectation. Of this coroutine alone: others play beside it.
function lib.set_stage(f)
  local me = coroutine.running()
  local outer = lib.staging[me]
  lib.staging[me] = true
  f()
  lib.staging[me] = outer
end

-- "abc" for humans: quoted, on one line.
function lib.quote(s)
  local shown = #s > 60 and s:sub(1, 60) or s
  shown = shown:gsub('[%c\\"\x80-\xff]', function(c)
    local named = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"' }
    return named[c] or string.format("\\x%02x", c:byte())
  end)
  return '"' .. shown .. '"' .. (#s > 60 and string.format("… (%d bytes)", #s) or "")
end

-- Any value for humans; tables in sorted order, so that words are the same in every run.
function lib.show(v)
  if type(v) == "string" then return lib.quote(v) end
  if type(v) ~= "table" then return tostring(v) end
  local class = getmetatable(v)
  if class and class.class_name then return string.format("the %s %s", class.class_name, tostring(rawget(v, "name") or rawget(v, "what") or "")) end
  local keys = {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  local parts = {}
  for _, k in ipairs(keys) do
    parts[#parts + 1] = (type(k) == "number" and "" or tostring(k) .. " = ") .. lib.show(v[k])
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Edit distance, for "did you mean".
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local previous = row[0]
    row[0] = i
    for j = 1, #b do
      local keep = row[j]
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(row[j] + 1, row[j - 1] + 1, previous + cost)
      previous = keep
    end
  end
  return row[#b]
end

-- "; did you mean "title"?" or the whole list, for an unknown word.
function lib.suggest(word, known, more)
  local best, least
  table.sort(known)
  for _, k in ipairs(known) do
    local d = distance(tostring(word), k)
    if not least or d < least then best, least = k, d end
  end
  if best and least <= math.max(#best > 3 and 2 or 1, #best // 3) then return string.format('; did you mean "%s"?', best) end
  return "; there are: " .. table.concat(known, ", ") .. (more or "")
end

-- Refuse keys that nobody reads.
function lib.check_keys(what, t, allowed, line)
  for k in pairs(t) do
    if allowed[k] == nil then
      local known = {}
      for name in pairs(allowed) do
        if type(name) == "string" then known[#known + 1] = name end
      end
      lib.misuse(line or lib.line(), string.format("%s: unknown key %s%s", what, lib.show(k), lib.suggest(k, known)))
    end
  end
end

-- A class whose unknown verbs are errors with a suggestion, not nil.
function lib.class(name, extra)
  local class = { class_name = name }
  class.__index = function(self, key)
    local found = class[key]
    if found ~= nil then return lib.goes_on and type(found) == "function" and outlived(found) or found end
    if extra then
      local value = extra(self, key)
      if value ~= nil then return value end
    end
    if type(key) ~= "string" or key:sub(1, 2) == "__" or lib.silent_fields[key] then return nil end
    local known = {}
    for k, v in pairs(class) do
      if type(v) == "function" and k:sub(1, 1) ~= "_" then known[#known + 1] = k end
    end
    if name:find "^case" then
      for k in pairs(self) do known[#known + 1] = k end
    end
    lib.misuse(nil, string.format('a %s has no verb "%s"%s', name, key, lib.suggest(key, known)))
  end
  return class
end
-- Fields of our own objects that may be nil.
lib.silent_fields = { pending = true, outcome = true, remote = true, local_end = true, closed = true, target = true,
  flow_index = true, expected_port = true, child_crash = true, seen = true, stopping = true, path = true, bound = true, listening = true, at = true, subject = true }
