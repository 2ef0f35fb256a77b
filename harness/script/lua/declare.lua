-- SPDX-License-Identifier: MIT
-- declare.lua - scenario files and contract files: what may stand in them, and how they become cases
local lib = ...

local SCENARIO = { title = "string", why = "string", refs = "table", matrix = "table", where = "function",
  contract = "string", world = "string", hosts = "table", needs = "table", files = "table", tags = "table", deadline = "number", run = "function" }
local CONTRACT = { title = "string", promise = "string", refs = "table", roles = "table", files = "table", idle_expectations = "number" }
local ROLE = { command = "string", port = "number", path = "string", transport = "string", host = "string", defaults = "table", implementations = "table", faulty = "table" }
local IMPLEMENTATION = { program = "string", command = "string", fault = "string", declines = "table", families = "table", files = "table", needs = "table", dies_in = "string", reason = "string" }

function lib.check_transport(transport, line)
  if transport == "tcp" or transport == "udp" then return end
  lib.misuse(line, string.format('no transport %s; there are "tcp" and "udp"', lib.show(transport)))
end

-- `return scenario { … }` is a tail call: no frame is left to tell the line by, so the text is asked. lib.part: the line where what is being looked
-- at begins, a test of an assignment for one; its keys need not begin a line.
local function line_of(key)
  for i = lib.part or math.huge, #(lib.lines or {}) do
    if key and lib.lines[i]:find("%f[%w_]" .. key:gsub("%W", "%%%0") .. "%s*=") then return i end
  end
  if lib.part then return lib.part end
  for i, text in ipairs(lib.lines or {}) do
    if key and text:find("^%s*" .. key:gsub("%W", "%%%0") .. "%s*=") then return i end
  end
  for i, text in ipairs(lib.lines or {}) do
    if text:find "return%s+scenario" or text:find "return%s+contract" or text:find "return%s+assignment" then return i end
  end
  return lib.line()
end

local function check(what, t, allowed, required)
  for key in pairs(t) do
    if allowed[key] == nil then lib.check_keys(what, { [key] = true }, allowed, line_of(tostring(key))) end
  end
  for _, key in ipairs(required) do
    if t[key] == nil then lib.misuse(line_of(), string.format('%s has no "%s"; add %s = …', what, key, key)) end
  end
  for key, kind in pairs(allowed) do
    if t[key] ~= nil and type(t[key]) ~= kind then
      lib.misuse(line_of(key), string.format("%s: %s must be a %s, not %s", what, key, kind, lib.show(t[key])))
    end
  end
end
lib.line_of, lib.check_declared = line_of, check

local function check_families(matrix)
  for _, family in ipairs(matrix.family or {}) do
    if family ~= "ipv4" and family ~= "ipv6" then
      lib.misuse(line_of "matrix", string.format('no family %s; there are "ipv4" and "ipv6"', lib.show(family)))
    end
  end
end

function lib.scenario(t)
  if type(t) ~= "table" then lib.misuse(line_of(), "scenario takes a table: scenario { title = …, run = function(t) … end }") end
  check("scenario", t, SCENARIO, { "title", "run" })
  t.matrix = t.matrix or {}
  for name, values in pairs(t.matrix) do
    if type(values) ~= "table" or #values == 0 then
      lib.misuse(line_of "matrix", string.format("matrix: %s must be a list of values such as { 0, 1 }", lib.show(name)))
    end
  end
  t.world = t.world or "wire"
  if t.world ~= "wire" and t.world ~= "loop" then
    lib.misuse(line_of "world", string.format('world = %s; there are "wire" and "loop"', lib.show(t.world)))
  end
  if t.deadline and not (t.deadline > 0 and t.deadline <= 86400) then
    lib.misuse(line_of "deadline", string.format("deadline = %s: seconds between 0 and 86400 (a day) are wanted", lib.show(t.deadline)))
  end
  t.hosts = t.hosts or { "client", "server" }
  if #t.hosts < 2 or #t.hosts > 8 then lib.misuse(line_of "hosts", "hosts: from two to eight names") end
  t.kind = "scenario"
  check_families(t.matrix)
  local seen = { wire = true, p = true, parameters = true, family = true }
  for _, name in ipairs(t.hosts) do
    if type(name) ~= "string" or not name:find "^%a[%w_]*$" or seen[name] then
      lib.misuse(line_of "hosts", string.format("hosts: %s is no name for a host, or stands there twice, or is taken by t.%s", lib.show(name), tostring(name)))
    end
    seen[name] = true
  end
  if t.world == "loop" and #t.hosts > 2 then
    lib.misuse(line_of "hosts", "a loop world has one address for all, so that only two names can be told apart: who opens a connection, and who answers")
  end
  t.line = line_of()
  return t
end

function lib.contract(t)
  if type(t) ~= "table" then lib.misuse(line_of(), "contract takes a table") end
  check("contract", t, CONTRACT, { "title", "promise", "roles" })
  local idle = t.idle_expectations or 0
  if math.type(idle) ~= "integer" or idle < 0 or idle > 100000 then
    lib.misuse(line_of "idle_expectations", string.format("idle_expectations = %s; it is how many there may be, from 0 on", lib.show(idle)))
  end
  for name, role in pairs(t.roles) do
    check("role " .. name, role, ROLE, { "command", "implementations" })
    role.host = role.host or name
    role.transport = role.transport or "tcp"
    lib.check_transport(role.transport, line_of "transport")
    role.defaults = role.defaults or {}
    role.faulty = role.faulty or {}
    for _, group in ipairs { "implementations", "faulty" } do
      for impl, spec in pairs(role[group]) do
        if type(spec) == "string" then spec = { fault = spec } end
        check("implementation " .. impl, spec, IMPLEMENTATION, group == "faulty" and { "fault" } or {})
        spec.program = spec.program or impl
        role[group][impl] = spec
      end
    end
  end
  t.kind = "contract"
  return t
end

local function names_of(t)
  local names = {}
  for k in pairs(t) do names[#names + 1] = k end
  table.sort(names)
  return names
end
lib.names_of = names_of

-- The global names that a scenario, contract or assignment file sees: no clock, no files, no chance, no way to forget a `local`.
local function environment(what)
  local safe = { assert = assert, error = error, ipairs = ipairs, next = next, pairs = lib.sorted_pairs, pcall = nil,
    select = select, tonumber = tonumber, tostring = tostring, type = type,
    string = string, table = table, utf8 = utf8,
    math = { floor = math.floor, ceil = math.ceil, min = math.min, max = math.max, abs = math.abs, huge = math.huge,
      tointeger = math.tointeger, type = math.type, maxinteger = math.maxinteger } }
  safe[what] = lib[what]
  return setmetatable({}, {
    __index = function(_, key)
      local value = safe[key]
      if value == nil then
        if key == "sleep" then lib.misuse(nil, 'unknown name "sleep"; a script waits for facts, such as c:receives "…" or t.wire:idle()') end
        lib.misuse(nil, string.format('unknown name "%s"%s', tostring(key), lib.suggest(key, names_of(safe))))
      end
      return value
    end,
    __newindex = function(_, key)
      lib.misuse(nil, string.format('"%s" is not declared; write local %s = …', tostring(key), tostring(key)))
    end,
  })
end

-- pairs in sorted order: a table's own order changes from run to run.
function lib.sorted_pairs(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and type(a) ~= "boolean" then return a < b end
    return tostring(a) < tostring(b)
  end)
  local i = 0
  return function()
    i = i + 1
    if keys[i] ~= nil then return keys[i], t[keys[i]] end
  end
end

-- Load one file: its declaration, or raise a verdict-like error with the line.
function lib.load(text, path, what)
  lib.source = "@" .. path
  lib.last_line = 0
  lib.set_lines(text)
  local chunk, message = load(text, "@" .. path, "t", environment(what))
  if not chunk then
    local line, rest = message:match(":(%d+): (.*)$")
    lib.misuse(tonumber(line) or 0, "Lua: " .. (rest or message))
  end
  local ok, result = xpcall(chunk, lib.locate)
  if not ok then error(result, 0) end
  if type(result) ~= "table" or result.kind ~= what then
    lib.misuse(#lib.lines, string.format("the file must end with: return %s { … }", what))
  end
  return result
end

-- A raised string becomes an `error` verdict that knows its line.
function lib.locate(raised)
  if lib.is_verdict(raised) then return raised end
  local text = tostring(raised)
  local line = lib.line()
  local path, at, rest = text:match("^(.-):(%d+): (.*)$")
  if path and "@" .. path == lib.source then line, text = tonumber(at), rest end
  -- what stands before the dot did not come along: the first that a verb does with itself goes wrong
  if text:find "^sockproof/[%w_]+%.lua:%d+: bad argument #1 to 'rawget'" or text:find "^sockproof/.*%(local 'self'%)$" then
    text = "a verb was called on something else than its object; write a colon: c:send(…), t:start()"
  end
  -- a refusal of one of our C functions names the library's own line, which is nobody's business but the trace's
  text = text:gsub("^sockproof/[%w_]+%.lua:%d+: ", ""):gsub("^bad argument #%d+ to '[%w_]+' %((.*)%)$", "%1")
  return setmetatable({ verdict = "error", reason = text, explanation = debug.traceback(nil, 2), line = line },
    getmetatable(lib.a_verdict))
end
do
  local _, v = pcall(lib.misuse, 0, "")
  lib.a_verdict = v
end

-- Every choice of parameters, in the order of sorted names and listed values.
function lib.choices(scenario)
  local names, list = names_of(scenario.matrix), { {} }
  for _, name in ipairs(names) do
    local longer = {}
    for _, choice in ipairs(list) do
      for _, value in ipairs(scenario.matrix[name]) do
        local copy = {}
        for k, v in pairs(choice) do copy[k] = v end
        copy[name] = value
        longer[#longer + 1] = copy
      end
    end
    list = longer
  end
  if not scenario.where then return list, names end
  local kept = {}
  for _, choice in ipairs(list) do
    if scenario.where(choice) then kept[#kept + 1] = choice end
  end
  return kept, names
end

local function declines(spec, name, choice)
  for _, declined in ipairs(spec.declines or {}) do
    if declined == name then return true end
  end
  if spec.families and choice.family then
    for _, family in ipairs(spec.families) do
      if family == choice.family then return false end
    end
    return true
  end
  return false
end

-- How the case's programs are made: role → { command, program, fault, name, faulty }.
local function correct(contract, role)
  local names = names_of(contract.roles[role].implementations)
  return names, contract.roles[role]
end

local function with(base, role, pick)
  local cast = {}
  for k, v in pairs(base) do cast[k] = v end
  cast[role] = pick
  return cast
end

-- A contract with nothing but lists in it, sorted, the reference first: for who tells of it.
function lib.describe(contract)
  local roles = {}
  for _, name in ipairs(names_of(contract.roles)) do
    local r = contract.roles[name]
    local role = { name = name, command = r.command, host = r.host, port = r.port or -1, defaults = {}, correct = {}, faulty = {} }
    for key, value in lib.sorted_pairs(r.defaults) do role.defaults[#role.defaults + 1] = { name = key, value = tostring(value) } end
    for group, specs in pairs { correct = r.implementations, faulty = r.faulty } do
      for impl, spec in lib.sorted_pairs(specs) do
        local program = { name = impl, program = spec.program, command = spec.command, fault = spec.fault, dies_in = spec.dies_in,
          reason = spec.reason, declines = spec.declines, families = spec.families }
        table.insert(role[group], group == "correct" and impl == "reference" and 1 or #role[group] + 1, program)
      end
    end
    roles[#roles + 1] = role
  end
  return { title = contract.title, promise = contract.promise, refs = contract.refs, roles = roles, idle_expectations = contract.idle_expectations or 0 }
end

-- overrides: role → { command = … } or { name = … } from --impl. Returns a list of { label, cast }.
function lib.casts(contract, overrides)
  local base, roles = {}, names_of(contract.roles)
  for _, role in ipairs(roles) do
    local names, r = correct(contract, role)
    local first = r.implementations.reference and "reference" or names[1]
    base[role] = { name = first, spec = r.implementations[first] }
  end
  local list, labels, replaced = {}, {}, false
  for _, role in ipairs(roles) do
    local o = overrides[role]
    if o then
      replaced = true
      local r = contract.roles[role]
      if o.command then
        base = with(base, role, { name = o.jailed and "submission" or o.command, spec = { command = o.command }, foreign = true, jailed = o.jailed, findings = o.findings })
      elseif r.implementations[o.name] then
        base = with(base, role, { name = o.name, spec = r.implementations[o.name] })
      elseif r.faulty[o.name] then
        base = with(base, role, { name = "faulty/" .. o.name, spec = r.faulty[o.name], faulty = true })
      else
        local known = names_of(r.implementations)
        for _, n in ipairs(names_of(r.faulty)) do known[#known + 1] = n end
        error(string.format('no implementation "@%s" of %s%s', o.name, role, lib.suggest(o.name, known)), 0)
      end
      labels[#labels + 1] = (#roles > 1 and role .. ":" or "") .. base[role].name
    end
  end
  if replaced then return { { label = table.concat(labels, " "), cast = base } } end
  for _, role in ipairs(roles) do
    local names, r = correct(contract, role)
    for _, name in ipairs(names) do
      if name ~= base[role].name or role == roles[1] then
        local label = (#roles > 1 and name ~= base[role].name) and role .. ":" .. name or name
        list[#list + 1] = { label = label, cast = with(base, role, { name = name, spec = r.implementations[name] }) }
      end
    end
  end
  return list
end

function lib.plan(scenario, name, contract, overrides)
  local cases = {}
  local choices, names = lib.choices(scenario)
  local casts = contract and lib.casts(contract, overrides) or { { label = "reference", cast = {} } }
  for _, cast in ipairs(casts) do
    for _, choice in ipairs(choices) do
      local fits = true
      for _, pick in pairs(cast.cast) do
        if declines(pick.spec, name, choice) then fits = false end
      end
      if fits then cases[#cases + 1] = { parameters = choice, names = names, label = cast.label, cast = cast.cast } end
    end
  end
  return cases
end

-- The scenario file's lines, for messages that point into them.
function lib.set_lines(text)
  lib.lines, lib.part = {}, nil
  for line in (text .. "\n"):gmatch("(.-)\n") do lib.lines[#lib.lines + 1] = line end
end
