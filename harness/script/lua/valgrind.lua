-- SPDX-License-Identifier: MIT
-- valgrind.lua - what valgrind finds in a submission, where an assignment asks for it
--
-- The scenario is played as ever; behind its end each program that lives is ended by SIGTERM, for what is lost is counted at the end alone,
-- and what valgrind wrote is read. That goes to the program's stderr, a pipe: a program can add to it, and take nothing away. What it could keep
-- valgrind from writing, by ending otherwise or as another program, is no pass.
local lib = ...

local ERRORS <const>, LEAKS <const>, DESCRIPTORS <const> = 1, 2, 4

-- argv, under valgrind that writes its findings down and changes no exit status.
function lib.with_findings(argv)
  local wrapped = { "valgrind", "--leak-check=full", "--errors-for-leak-kinds=none", "--show-leak-kinds=definite", "--track-fds=yes", "--vgdb=no" }
  for _, w in ipairs(argv) do wrapped[#wrapped + 1] = w end
  return wrapped
end

-- "==12== text" as { pid, text }; a line that valgrind did not write is passed over.
local function lines_of(log)
  local list = {}
  for pid, text in log:gmatch "==(%d+)== ?([^\n]*)" do list[#list + 1] = { pid, text } end
  return list
end

-- "server.c:31" of the program's own frame nearest to line i, where it was built with -g.
local function place(lines, i)
  for k = i + 1, math.min(i + 20, #lines) do
    local text = lines[k][2]
    if lines[k][1] ~= lines[i][1] or text == "" then return "" end
    local source = text:match "^%s+[ab][ty] 0x%x+: [^(]+%(([^()/]+%.%a+:%d+)%)$"
    if source and not source:find "^vg_" then return " (" .. source .. ")" end
  end
  return ""
end

-- A connection, or a file, that was open at the end: a listener is there to be open, and what was inherited is not its own.
local function is_leaked_descriptor(lines, i)
  local text, after = lines[i][2], lines[i + 1] and lines[i + 1][2] or ""
  return text:find "^Open " and not text:find "<%-> unbound$" and not text:find "^Open AF_UNIX socket %d+: <unknown>$" and not after:find "inherited from parent"
end

local FIRST = { ["^Invalid "] = 1, ["^Conditional jump"] = 1, ["^Use of uninit"] = 1, ["^Syscall param"] = 1, ["^Mismatched free"] = 1, ["^Source and destination overlap"] = 1,
  ["^Argument '"] = 1, ["^Jump to the invalid"] = 1 }

-- How many of each kind, and the first of each in words.
local function count(log)
  local lines = lines_of(log)
  local found = { errors = 0, lost = 0, descriptors = 0, ended = false }
  for i, line in ipairs(lines) do
    local text = line[2]
    local errors = text:match "^ERROR SUMMARY: ([%d,]+) errors"
    local lost = text:match "^%s+definitely lost: ([%d,]+) bytes"
    if errors then
      found.errors = found.errors + tonumber((errors:gsub(",", "")))
      found.ended = true
    elseif lost then
      found.lost = found.lost + tonumber((lost:gsub(",", "")))
    elseif is_leaked_descriptor(lines, i) then
      found.descriptors = found.descriptors + 1
      found.descriptor = found.descriptor or text:match "^Open ([^:]+ )%d+:" or "file "
    elseif text:find "definitely lost in loss record" then
      found.leak = found.leak or place(lines, i)
    else
      for pattern in lib.sorted_pairs(FIRST) do
        if text:find(pattern) then found.error = found.error or text:gsub(" of size %d+$", "") .. place(lines, i) end
      end
    end
  end
  return found
end

local function judge(p, log)
  local asked, found = p.findings, count(log)
  if asked & ERRORS ~= 0 and found.errors > 0 then
    lib.fail(p.line, string.format("%s uses memory wrongly: %s", p.name, found.error or "valgrind counts errors"))
  end
  if not found.ended then
    lib.fail(p.line, p.name .. " did not end by SIGTERM, and so what it left could not be counted")
  end
  if asked & LEAKS ~= 0 and found.lost > 0 then
    lib.fail(p.line, string.format("%s loses memory%s: nothing points to it any more when it ends", p.name, found.leak or ""))
  end
  if asked & DESCRIPTORS ~= 0 and found.descriptors > 0 then
    lib.fail(p.line, string.format("%s leaves descriptors open: a %sfor one", p.name, found.descriptor))
  end
end

-- Behind the end of a case that has passed.
function lib.check_findings()
  for _, p in ipairs(lib.programs) do
    if p.findings and p.findings ~= 0 then
      local kind, value = lib.core.program_exited(p.handle)
      if not kind then
        local exe = lib.core.program_exe(p.handle)
        if not (exe and exe:find "/memcheck[^/]*$") then lib.fail(p.line, p.name .. " has become another program, which valgrind does not see") end
        lib.core.program_signal(p.handle, "TERM")
        lib.wait(function()
          kind, value = lib.core.program_exited(p.handle)
          return kind and select(3, lib.core.program_output(p.handle, 2))
        end)
      end
      if kind == "killed" and value ~= "TERM" then lib.fail(p.line, string.format("%s was killed by SIG%s: what it left could not be counted", p.name, value)) end
      judge(p, (lib.core.program_output(p.handle, 2)))
    end
  end
end
