-- SPDX-License-Identifier: MIT
-- calls.lua - a traced program's system calls: which it made, and faults put there
local lib = ...
local Program = lib.Program
local Call = lib.class "call"
local Fault = lib.class "fault"

-- What a script calls a call, and which of the kernel's that may be. `true`: only on a socket.
local GROUPS = {
  accept = { accept = false, accept4 = false },
  recv = { recvfrom = false, recvmsg = false, recvmmsg = false, read = true, readv = true, preadv2 = true },
  send = { sendto = false, sendmsg = false, sendmmsg = false, write = true, writev = true, pwritev2 = true, sendfile = true },
  read = { read = false, readv = false, preadv2 = false, recvfrom = false, recvmsg = false, recvmmsg = false },
  write = { write = false, writev = false, pwritev2 = false, sendto = false, sendmsg = false, sendmmsg = false, sendfile = false },
  fork = { fork = false, vfork = false, clone = false, clone3 = false },
  wait = { wait4 = false, waitid = false },
  poll = { poll = false, ppoll = false },
  select = { select = false, pselect6 = false },
  epoll_wait = { epoll_wait = false, epoll_pwait = false, epoll_pwait2 = false },
  dup = { dup = false, dup2 = false, dup3 = false },
  pipe = { pipe = false, pipe2 = false },
  exit = { exit_group = false },
  sigaction = { rt_sigaction = false },
}

-- The kernel's names: name → whether only on a socket.
local function names_of(name, line)
  if GROUPS[name] then return GROUPS[name] end
  if lib.core.program_call_known(name) then return { [name] = false } end
  lib.misuse(line, string.format("no call %s is watched%s", lib.show(name), lib.suggest(tostring(name), lib.names_of(GROUPS),
    ", and the kernel's own names of calls on sockets, descriptors, processes and signals")))
end

-- Arguments in words, apart: a comma inside quotes or braces parts nothing.
local function split(text)
  local words, word, quoted, depth, skip = {}, "", false, 0, false
  for c in text:gmatch "." do
    if skip then skip = false
    elseif quoted and c == "\\" then skip = true
    elseif c == '"' then quoted = not quoted
    elseif not quoted and c == "{" then depth = depth + 1
    elseif not quoted and c == "}" then depth = depth - 1 end
    if c == "," and not quoted and depth == 0 then
      words[#words + 1] = word:match "^%s*(.-)%s*$"
      word = ""
    else
      word = word .. c
    end
  end
  word = word:match "^%s*(.-)%s*$"
  if word ~= "" then words[#words + 1] = word end
  return words
end

-- What stands in the brackets that text begins with, and what is behind them; nil: they are not closed.
local function bracketed(text)
  local quoted, skip = false, false
  for at = 2, #text do
    local c = text:sub(at, at)
    if skip then skip = false
    elseif quoted and c == "\\" then skip = true
    elseif c == '"' then quoted = not quoted
    elseif c == ")" and not quoted then return text:sub(2, at - 1), text:sub(at + 1):match "^%s*(.*)$" end
  end
end

-- "NAME", "NAME(ARGUMENT, …)", either with "= RESULT" or "= -1 ERRNO" behind it. Arguments are compared with their words on the
-- timeline, as many as are written; `_` stands for any.
local function parse(text, line)
  local function wrong(why)
    lib.misuse(line, string.format('%s is no call: %s; write "accept = -1 EMFILE", "recv = 0", "shutdown(_, SHUT_WR)"', lib.show(text), why))
  end
  if type(text) ~= "string" then wrong "a text is wanted" end
  local name, rest = text:match "^%s*([%w_]+)%s*(.*)$"
  if not name then wrong "it begins with no name" end
  local wanted = { names = names_of(name, line) }
  if rest:sub(1, 1) == "(" then
    local inside, behind = bracketed(rest)
    if not inside then wrong "a bracket is not closed" end
    wanted.args, rest = split(inside), behind
  end
  if rest ~= "" then
    local number, errno = rest:match "^=%s*(%-?%d+)%s*(%u*)%s*$"
    if not number then wrong(string.format('"%s" is no result', rest)) end
    wanted.result, wanted.errno = math.tointeger(tonumber(number)), errno ~= "" and errno or nil
    if wanted.errno and not lib.core.is_errno(wanted.errno) then wrong(string.format("no errno is called %s", wanted.errno)) end
    if wanted.errno and wanted.result ~= -1 then wrong "an errno goes with -1" end
  end
  return wanted
end

local function fits_args(wanted, given)
  local words = split(given)
  for i, w in ipairs(wanted) do
    if w ~= "_" and w ~= words[i] then return false end
  end
  return true
end

local function fits(wanted, name, given, on_socket, result, errno)
  local only_socket = wanted.names[name]
  if only_socket == nil or (only_socket and not on_socket) then return false end
  if wanted.result and wanted.result ~= result then return false end
  if wanted.errno and wanted.errno ~= errno then return false end
  return not wanted.args or fits_args(wanted.args, given)
end

local function need_traced(self, line)
  if not self.traced then
    lib.misuse(line, string.format("%s is not traced; start it with traced = true", self.name))
  end
end

-- What is said of calls is not true of a program of which not all were seen.
local function check_watched(self, line)
  local how = lib.core.program_unwatched(self.handle)
  if how then lib.skip(line, string.format("%s makes calls %s, which are not watched", self.name, how)) end
end

-- The nth call from the beginning that fits: index of its event.
local function find(self, wanted, nth)
  local found = 0
  for i = 1, lib.core.program_calls(self.handle) do
    local name, given, on_socket, result, errno, event = lib.core.program_call(self.handle, i)
    if fits(wanted, name, given, on_socket, result, errno) then
      found = found + 1
      if found == nth then return event end
    end
  end
  return nil, found
end

-- What it called last, to explain what did not come.
local function last_calls(self, wanted)
  local list = {}
  for i = lib.core.program_calls(self.handle), 1, -1 do
    local name, given, on_socket, result, errno = lib.core.program_call(self.handle, i)
    if #list < 8 and fits({ names = wanted.names }, name, given, on_socket, result, errno) then
      table.insert(list, 1, string.format("  %s(%s) = %d%s", name, given, result, errno and " " .. errno or ""))
    end
  end
  return #list > 0 and "its last calls of that name:\n" .. table.concat(list, "\n") or "it made no call of that name"
end

-- Wait for the nth call (1 when left out) that fits and has ended. Returned, it can stand in t:order.
function Program:call(text, nth)
  local line = lib.expectation()
  need_traced(self, line)
  local wanted = parse(text, line)
  local event
  lib.wait(function()
    event = find(self, wanted, nth or 1)
    return event or lib.core.program_rest(self.handle) == "gone"
  end)
  check_watched(self, line)
  lib.step(self.name, line, string.format("call %s%s", text, nth and " #" .. nth or ""), not event)
  if not event then
    local kind = lib.core.program_exited(self.handle)
    lib.fail(line, string.format("%s made no call %s%s %s", self.name, text, nth and string.format(" for the %dth time", nth) or "",
      kind and "in its life" or string.format("within %g s", lib.deadline)), last_calls(self, wanted))
  end
  return setmetatable({ index = event, name = string.format("%s of %s", text, self.name) }, Call)
end

-- How many calls that fit have ended.
function Program:calls(text)
  local line = lib.line()
  need_traced(self, line)
  local wanted = parse(text, line)
  return lib.observable(string.format("%s calls %s", self.name, text), function() return select(2, find(self, wanted, math.huge)) end)
end

-- No call of the whole case fits. Deferred.
function Program:never_calls(text)
  local line = lib.expectation()
  need_traced(self, line)
  local wanted = parse(text, line)
  lib.defer(string.format("%s never calls %s", self.name, text), function()
    local event, _ = find(self, wanted, 1)
    check_watched(self, line)
    if not event then return "holds" end
    return "parts", string.format("%s made the call %s (event %d), which must never be made", self.name, text, event), last_calls(self, wanted)
  end, line)
  return self
end

-- Faults ---------------------------------------------------------------------------------------------------------------------

local KEYS = {
  fail = { call = 1, nth = 1, times = 1, errno = 1, optional = 1, [1] = 1 },
  shorten = { call = 1, nth = 1, times = 1, bytes = 1, optional = 1, [1] = 1 },
  interrupt = { call = 1, nth = 1, times = 1, signal = 1, optional = 1, [1] = 1 },
}

function lib.add_fault(self, action, spec, line)
  if not KEYS[action] then
    lib.misuse(line, string.format('no fault %s; write { "fail", call = "accept", errno = "EMFILE" }, or "shorten", "interrupt"', lib.show(action)))
  end
  need_traced(self, line)
  if type(spec) ~= "table" then lib.misuse(line, action .. ' wants a table: { call = "accept", … }') end
  lib.check_keys(action, spec, KEYS[action], line)
  for _, key in ipairs { "nth", "times", "bytes" } do
    if spec[key] and (math.type(spec[key]) ~= "integer" or spec[key] < 1) then
      lib.misuse(line, string.format("%s = %s: a whole number from 1 on is wanted", key, lib.show(spec[key])))
    end
  end
  local code, effect
  if action == "fail" then
    code = lib.core.errno_number(spec.errno or "")
    if not code then lib.misuse(line, string.format('fail wants errno = "ECONNABORTED" or such, not %s', lib.show(spec.errno))) end
    effect = spec.errno
  elseif action == "shorten" then
    if not spec.bytes then lib.misuse(line, "shorten wants bytes = n: how many at most") end
    effect = spec.bytes .. " bytes"
  else
    code = lib.core.signal_number(spec.signal or "")
    if not code then lib.misuse(line, string.format('interrupt wants signal = "CHLD" or such, not %s', lib.show(spec.signal))) end
    effect = "SIG" .. spec.signal
  end
  local names, sockets = {}, {}
  for name, only_socket in lib.sorted_pairs(names_of(spec.call, line)) do
    if lib.core.program_call_known(name) then
      names[#names + 1], sockets[#sockets + 1] = name, only_socket
    end
  end
  local number, why = lib.core.program_fault(self.handle, { action = action, names = names, sockets = sockets, nth = spec.nth,
    times = spec.times, code = code, bytes = spec.bytes })
  if not number then lib.skip(line, why) end
  lib.step(self.name, line, string.format("%s %s%s: %s", action, spec.call, spec.nth and " #" .. spec.nth or "", effect), false)
  local f = setmetatable({ program = self, number = number, action = action, call = spec.call, line = line, optional = spec.optional or false }, Fault)
  lib.faults[#lib.faults + 1] = f
  return f
end

-- From now on: the call is not made and fails; it is asked for at most so many bytes; a signal comes as it begins. Each returns a
-- fault: acted().
function Program:fail(spec) return lib.add_fault(self, "fail", spec, lib.line()) end
function Program:shorten(spec) return lib.add_fault(self, "shorten", spec, lib.line()) end
function Program:interrupt(spec) return lib.add_fault(self, "interrupt", spec, lib.line()) end

-- How often it acted.
function Fault:acted()
  return lib.observable(string.format("times of %s %s", self.action, self.call), function()
    return lib.core.program_fault_count(self.program.handle, self.number)
  end)
end

-- What was said of calls that nobody saw proves nothing.
function lib.check_calls_seen()
  for _, p in ipairs(lib.programs) do
    if p.traced then check_watched(p, p.line) end
  end
end

-- Nor does a fault that met no call.
function lib.check_faults()
  for _, f in ipairs(lib.faults) do
    if not f.optional and lib.core.program_fault_count(f.program.handle, f.number) == 0 then
      lib.misuse(f.line, string.format("this %s never met a call %s; if that may be so, write optional = true", f.action, f.call))
    end
  end
end
