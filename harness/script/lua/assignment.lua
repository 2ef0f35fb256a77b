-- SPDX-License-Identifier: MIT
-- assignment.lua - assignment files: which program is handed in, how it is built and started, which scenarios bring how many points
local lib = ...
local line_of, check = lib.line_of, lib.check_declared

local ASSIGNMENT = { title = "string", task = "string", contract = "string", programs = "table", build = "table", limits = "table", tests = "table", deadline = "number" }
local PROGRAM = { exe = "string", start = "string" }
local BUILD = { command = "string", seconds = "number", memory = "number", files = "table", own_makefile = "boolean" }
local LIMITS = { memory = "number", processes = "number", files = "number", file_size = "number" }
local TEST = { name = "string", number = "string", points = "number", scenarios = "table", where = "table", plays = "table", partial = "boolean",
  visibility = "string", after = "table", hint = "string", tags = "table", valgrind = "table" }
local VISIBILITY = { visible = 0, hidden = 1, after_due_date = 2, after_published = 3 }
local FINDINGS = { errors = 1, leaks = 2, descriptors = 4 }
local HINT = { full = 0, what = 1, none = 2 }

local function words_list(list, what, key)
  for i, v in ipairs(list) do
    if type(v) ~= "string" or v == "" then lib.misuse(line_of(key), string.format("%s: item %d of %s is %s, not a text", what, i, key, lib.show(v))) end
  end
  for k in pairs(list) do
    if math.type(k) ~= "integer" or k < 1 or k > #list then lib.misuse(line_of(key), string.format("%s: %s is a list; %s has no place in it", what, key, lib.show(k))) end
  end
end

-- A whole number of at least `least`, or nil.
local function check_whole(what, t, key, least, most)
  local v = t[key]
  if v == nil then return end
  if math.type(v) ~= "integer" or v < least or v > most then
    lib.misuse(line_of(key), string.format("%s: %s = %s; a whole number from %d to %d is wanted", what, key, lib.show(v), least, most))
  end
end

local function one_of(what, t, key, known)
  local v = t[key]
  if v ~= nil and known[v] == nil then
    lib.misuse(line_of(key), string.format("%s: no %s %s%s", what, key, lib.show(v), lib.suggest(v, lib.names_of(known))))
  end
end

-- A name of a file or folder inside a submission: relative, and nowhere outside.
local function check_inside(what, path)
  if path == "" or path:find "^/" or ("/" .. path .. "/"):find "/%.%./" or path:find "%c" then
    lib.misuse(line_of(what), string.format("%s = %s: the name of a file inside the submission is wanted", what, lib.show(path)))
  end
end

-- Points as thousandths: what is finer cannot be shared out alike everywhere.
local function thousandths(what, points)
  local n = points * 1000
  if points < 0 or points > 100000 or n ~= math.floor(n) then
    lib.misuse(line_of "points", string.format("%s: points = %s; from 0 to 100000, no finer than thousandths", what, lib.show(points)))
  end
  return math.tointeger(n)
end

-- Messages are of this part of the file from now on: where a key of the assignment stands
local function part(key)
  lib.part = nil
  lib.part = line_of(key)
end

-- or the test of that name, behind the one before.
local function part_of_test(name, from)
  for i = from, #(lib.lines or {}) do
    local at = lib.lines[i]:find('"' .. tostring(name) .. '"', 1, true)
    if at and lib.lines[i]:sub(1, at - 1):find "%f[%w_]name%s*=%s*$" then
      lib.part = i
      return
    end
  end
end

local function check_test(t, i, test, numbers_of)
  local what = type(test.name) == "string" and "test " .. lib.quote(test.name) or "test " .. i
  check(what, test, TEST, { "name", "points", "scenarios" })
  if test.name:find "%c" or test.name == "" then lib.misuse(line_of "name", what .. ": a name is one line") end
  if numbers_of[test.name] then lib.misuse(line_of "name", what .. " stands there twice") end
  test.points = thousandths(what, test.points)
  for _, key in ipairs { "scenarios", "plays", "after", "tags", "valgrind" } do words_list(test[key] or {}, what, key) end
  if #test.scenarios == 0 then lib.misuse(line_of "scenarios", what .. ' has no scenarios; write scenarios = { "data/echo" }') end
  one_of(what, test, "visibility", VISIBILITY)
  one_of(what, test, "hint", HINT)
  for _, v in ipairs(test.valgrind or {}) do one_of(what, { valgrind = v }, "valgrind", FINDINGS) end
  for k, v in pairs(test.where or {}) do
    if type(k) ~= "string" or (type(v) ~= "string" and type(v) ~= "number") then
      lib.misuse(line_of "where", what .. ': where gives one value for each parameter, such as { family = "ipv4" }')
    end
  end
  for _, name in ipairs(test.after or {}) do
    if not numbers_of[name] then
      lib.misuse(line_of "after", string.format("%s: after names no test that stands before it: %s%s", what, lib.show(name), lib.suggest(name, lib.names_of(numbers_of))))
    end
  end
  for _, role in ipairs(test.plays or {}) do
    if not t.programs[role] then lib.misuse(line_of "plays", string.format("%s: the submission has no program for role %s", what, lib.show(role))) end
  end
  test.number = test.number or tostring(i)
  numbers_of[test.name] = i
end

function lib.assignment(t)
  if type(t) ~= "table" then lib.misuse(line_of(), "assignment takes a table") end
  check("assignment", t, ASSIGNMENT, { "title", "contract", "programs", "build", "tests" })
  part "build"
  check("build", t.build, BUILD, { "command" })
  check_whole("build", t.build, "seconds", 1, 3600)
  check_whole("build", t.build, "memory", 16, 65536)
  for name, source in pairs(t.build.files or {}) do
    if type(name) ~= "string" or type(source) ~= "string" then lib.misuse(line_of "files", 'build: files = { Makefile = "echo/Makefile" }: name in the submission, and path beside this file') end
    check_inside("files", name)
  end
  -- whoever writes the Makefile says what is built and how: a student, only where that is meant
  if t.build.command:find "^%s*make%f[%s\0]" and not t.build.own_makefile and not (t.build.files or {}).Makefile then
    lib.misuse(line_of "command", 'build: the command says make, and whose Makefile is not said; add files = { Makefile = "…" }, or own_makefile = true for the student\'s own')
  end
  t.limits = t.limits or {}
  part "limits"
  check("limits", t.limits, LIMITS, {})
  check_whole("limits", t.limits, "memory", 16, 65536)
  check_whole("limits", t.limits, "processes", 1, 4096)
  check_whole("limits", t.limits, "files", 8, 65536)
  check_whole("limits", t.limits, "file_size", 1, 65536)
  part "programs"
  if next(t.programs) == nil then lib.misuse(line_of "programs", 'programs = { server = { exe = "server", start = "{exe} {port}" } }: which role the submission plays, and how it is started') end
  for role, program in pairs(t.programs) do
    check("program " .. tostring(role), program, PROGRAM, { "exe", "start" })
    check_inside("exe", program.exe)
    if not program.start:find("{exe}", 1, true) then lib.misuse(line_of "start", "start: the command line has no {exe} in it") end
  end
  part "tests"
  if #t.tests == 0 then lib.misuse(line_of "tests", "there are no tests") end
  local numbers_of = {}
  for i, test in ipairs(t.tests) do
    if type(test) ~= "table" then lib.misuse(line_of "tests", string.format("test %d is %s, not a table", i, lib.show(test))) end
    part_of_test(test.name, lib.part + (i > 1 and 1 or 0))
    check_test(t, i, test, numbers_of)
  end
  t.kind = "assignment"
  return t
end

-- An assignment with nothing but lists, numbers and texts in it.
function lib.describe_assignment(t)
  local programs, files, tests, place = {}, {}, {}, {}
  for role, p in lib.sorted_pairs(t.programs) do
    programs[#programs + 1] = { role = role, exe = p.exe, command = p.start:gsub("{exe}", (("/submission/" .. p.exe):gsub("%%", "%%%%"))) }
  end
  for name, source in lib.sorted_pairs(t.build.files or {}) do files[#files + 1] = { name = name, value = source } end
  for i, test in ipairs(t.tests) do
    local where, after, findings = {}, {}, 0
    for k, v in lib.sorted_pairs(test.where or {}) do where[#where + 1] = { name = k, value = tostring(v) } end
    for _, name in ipairs(test.after or {}) do after[#after + 1] = place[name] end
    for _, f in ipairs(test.valgrind or {}) do findings = findings | FINDINGS[f] end
    local plays = test.plays
    if not plays then
      plays = {}
      for _, p in ipairs(programs) do plays[#plays + 1] = p.role end
    end
    place[test.name] = i - 1
    tests[i] = { name = test.name, number = test.number, points = test.points, scenarios = test.scenarios, where = where, plays = plays, after = after,
      partial = test.partial or false, visibility = VISIBILITY[test.visibility or "visible"], hint = HINT[test.hint or "full"], tags = test.tags, findings = findings }
  end
  return { title = t.title, task = t.task, contract = t.contract, programs = programs, files = files, tests = tests, deadline = t.deadline or 0,
    build_command = t.build.command, build_seconds = t.build.seconds or 60, build_memory = t.build.memory or 1024,
    memory = t.limits.memory or 512, processes = t.limits.processes or 64, descriptors = t.limits.files or 256, file_size = t.limits.file_size or 64 }
end
