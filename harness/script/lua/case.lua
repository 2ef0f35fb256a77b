-- SPDX-License-Identifier: MIT
-- case.lua - one case: the `t` that a scenario's run(t) is given, and the order in which a case ends
local lib = ...

local T = lib.class("case (t)")
local Moment = lib.class("moment")
local START = { role = 1, name = 1, host = 1, under = 1, terminal = 1, env = 1, folder = 1, listens = 1, traced = 1, faults = 1 }
local NS = { ns = 1, us = 1000, ms = 1000000, s = 1000000000 }

-- "40ms" or seconds as a number, into nanoseconds.
function lib.nanoseconds(x, line)
  if type(x) == "number" then return math.floor(x * NS.s) end
  local n, unit = tostring(x):match("^(%d+%.?%d*)(%a+)$")
  if not n or not NS[unit] then lib.misuse(line, string.format('%s is no time; write "40ms", "1.5s" or seconds as a number', lib.show(x))) end
  return math.floor(tonumber(n) * NS[unit])
end

function lib.family_version(family)
  if family == "ipv4" then return 4 end
  if family == "ipv6" then return 6 end
  lib.misuse(nil, string.format('no family %s; there are "ipv4" and "ipv6"', lib.show(family)))
end

function lib.host_index(name, line)
  for i, known in ipairs(lib.host_names) do
    if known == name then return i - 1 end
  end
  lib.misuse(line, string.format('no host %s%s', lib.show(name), lib.suggest(tostring(name), { table.unpack(lib.host_names) })))
end

-- Written down with the host it happened on and the connection it speaks of, where these are known. other_end: it is the peer's end.
function lib.event(kind, who, line, text, socket, other_end)
  local actor = lib.actors[who]
  local flow, side = lib.end_of_flow(socket or actor)
  if flow and other_end then side = 1 - side end
  return lib.core.event(kind, who, line, text, false, lib.branch, actor and actor.host.index, flow, side)
end

-- Write a step of the script into the evidence.
function lib.step(who, line, text, failed)
  lib.steps = lib.steps + 1
  lib.event("step", who, line, failed and text .. ": not so" or text)
end

-- What may put packets on the link begins: those that come from here on are told to be of this step.
function lib.begin_step(who, line, words)
  if lib.pace > 0 then lib.core.stand_still(lib.pace) end
  lib.core.begin_step(who, line, words)
end

-- Wait until nothing is under way on the link.
function lib.idle()
  lib.wait(function() return lib.core.at_rest() end, 0.2)
end

-- Wait until nothing is under way. Where a case goes on that did not come to rest before, nobody waits for it again: a program that never
-- sleeps costs a processor.
local function await_rest()
  local ok = lib.wait(lib.core.at_rest, lib.restless and 0 or nil)
  lib.restless = lib.restless or not ok
  return ok
end

-- Wait until only timers can move anything; a program that never sleeps ends the wait at the deadline.
function lib.rest(line)
  if not await_rest() then
    for _, p in ipairs(lib.programs) do
      if lib.core.program_rest(p.handle) == "runs" then
        lib.fail(line, string.format("%s never sleeps: it has used %.1f s of CPU time with nothing to do", p.name, lib.core.program_cpu_time(p.handle) / 1e9))
      end
    end
    lib.fail(line, string.format("packets are still under way after %g s", lib.deadline))
  end
end

-- What a script may name as an address: a program, host:address(port), a path of AF_UNIX.
function lib.address(to, socket, line)
  if socket.kind:find "^unix" then
    if type(to) == "string" then return { path = to } end
    if type(to) == "table" and rawget(to, "path") then return { path = to.path } end
  end
  if type(to) == "table" then
    if rawget(to, "address") and rawget(to, "port") and type(to.port) == "number" then return to end
    if rawget(to, "handle") then
      local a = to:address()
      if a.path and not socket.kind:find "^unix" then lib.misuse(line, to.name .. " listens on a path; it takes an AF_UNIX socket to connect there") end
      return a
    end
    if rawget(to, "fd") and rawget(to, "local_end") then return { address = to.local_end[1], port = to.local_end[2] } end
  end
  lib.misuse(line, string.format("%s is no address; write a program, host:address(port)%s", lib.show(to),
    socket.kind:find "^unix" and ' or a path' or ""))
end

-- Programs of a contract ----------------------------------------------------------------------------------------------------

local function fill(word, values, line)
  local lacking
  local filled = word:gsub("{(%w+)}", function(name)
    local v = values[name]
    if v == nil then lacking = lacking or name end
    return tostring(v)
  end)
  return filled, lacking
end

local function default_role()
  local names = lib.names_of(lib.cast)
  if #names == 1 then return names[1] end
  for _, n in ipairs(names) do
    if n == "server" then return n end
  end
  lib.misuse(nil, "the contract has several roles; write t:start { role = … }")
end

-- Values that were asked for but that this implementation's command line has no place for.
local function unplaced(command, options)
  for k in pairs(options) do
    if START[k] == nil and not command:find("{" .. k .. "}", 1, true) then return k end
  end
end

-- A misspelt option is no value: no program of the contract has a place for it.
local function check_option(role, key, line)
  local declared = lib.contract_table.roles[role]
  local commands = { declared.command }
  for _, group in ipairs { "implementations", "faulty" } do
    for _, spec in pairs(declared[group] or {}) do commands[#commands + 1] = type(spec) == "table" and spec.command or nil end
  end
  for _, command in ipairs(commands) do
    if command:find("{" .. key .. "}", 1, true) then return end
  end
  local near = lib.suggest(key, lib.names_of(START))
  if near:find "did you mean" then lib.misuse(line, string.format("start: no option %s%s", lib.show(key), near)) end
end

-- What to write so that {name} is filled in.
local function how_to_give(role, name)
  local what = "…"
  if name == "address" then
    for _, other in ipairs(lib.names_of(lib.contract_table.roles)) do
      local declared = lib.contract_table.roles[other]
      if declared.port then what = string.format("t.%s:address(PORT).address", declared.host) end
    end
  end
  return string.format("write t:start { role = %s, %s = %s }", lib.quote(role), name, what)
end

local function command_of(role, pick, values, line)
  local spec = pick.spec
  local command = spec.command or lib.contract_table.roles[role].command
  if not pick.foreign then
    values.program = string.format("%s/%s%s", lib.program_folder, pick.faulty and "faulty/" or "", spec.program)
  end
  local words, message = lib.words(command)
  if not words then lib.misuse(line, string.format("command %s: %s", lib.quote(command), message)) end
  local argv = {}
  for _, word in ipairs(words) do
    local filled, lacking = fill(word, values, line)
    if lacking then
      lib.misuse(line, string.format("the command %s wants {%s}, which this scenario does not give; %s", lib.quote(command), lacking,
        how_to_give(role, lacking)))
    end
    argv[#argv + 1] = filled
  end
  -- a submission's is seen by the program alone, and is the submission's own affair
  if not pick.jailed then argv[1] = lib.find_program(argv[1]) end
  return argv, command
end

-- Start the implementation under test. options: role, name, host; anything else is a value for {that} in its command.
-- A role with a port or a path is waited for until it listens there itself; listens = false: do not wait.
function T:start(options)
  local line = lib.line()
  options = options or {}
  if not lib.contract_table then lib.misuse(line, 'the scenario names no contract; add contract = "tcp-echo"') end
  local role = options.role or default_role()
  local pick = lib.cast[role] or lib.misuse(line, string.format("the contract has no role %s%s", lib.show(role), lib.suggest(role, lib.names_of(lib.cast))))
  local declared = lib.contract_table.roles[role]
  local host = options.host or self[declared.host]
  local values = { family = lib.version == 6 and "ipv6" or "ipv4", dir = lib.core.scratch, port = declared.port, path = declared.path }
  -- who listens is told its own address; whom to connect to is the scenario's to say
  if declared.port then values.address = host:_address() end
  for k, v in pairs(declared.defaults) do values[k] = v end
  for k, v in pairs(options) do
    if START[k] == nil then
      if type(v) == "table" then
        lib.misuse(line, string.format("start: %s = %s cannot stand on a command line; write a text or a number%s", k, lib.show(v),
          k == "address" and ", such as t.server:address(PORT).address" or ""))
      end
      values[k] = v
    end
  end
  lib.started[role] = true
  local argv, command = command_of(role, pick, values, line)
  local extra = unplaced(command, options)
  if extra then
    check_option(role, extra, line)
    lib.skip(line, string.format("%s cannot be told {%s}: its command line is %s", pick.name, extra, lib.quote(command)))
  end
  local p = lib.launch(host, argv, { name = options.name or role, under = options.under, terminal = options.terminal, env = options.env, folder = options.folder,
    traced = options.traced, faults = options.faults, jailed = pick.jailed, findings = pick.findings }, line)
  p.transport = declared.transport
  if declared.port and options.listens ~= false then
    lib.await_listening(p, declared.port > 0 and values.port or nil, lib.version, line)
  end
  if declared.path and options.listens ~= false then lib.await_path(p, values.path, line) end
  return p
end

-- The rest of t ----------------------------------------------------------------------------------------------------------------

function T:expect(x)
  return lib.expect(x)
end

-- The nth flow of the case (from 1) towards that port.
function T:flow(port, nth)
  nth = nth or 1
  if math.type(port) ~= "integer" or math.type(nth) ~= "integer" then
    lib.misuse(nil, string.format("flow takes a port, and which of its flows it is: t:flow(6000, 2), not t:flow(%s); that of a socket is c.flow",
      lib.show(math.type(port) == "integer" and nth or port)))
  end
  return lib.flow(string.format("flow %d to port %d", nth, port), function() return lib.core.flow_on(port, nth) end, port)
end

-- The stage is set: what stands in the function speaks of the kernel, or of what the script itself did, not of the software under test.
-- It is waited for and can fail the case; but an audit counts no expectation there, since no program could break one.
function T:given(f)
  if type(f) ~= "function" then lib.misuse(nil, "given takes a function: t:given(function() t:expect(srv:queue()):is { waiting = 4 } end)") end
  lib.set_stage(f)
end

-- Functions side by side, each a script of its own; back when all have returned.
function T:together(functions)
  lib.together(functions)
end

-- Events (packets, pieces of output) happened in this order.
function T:order(list)
  local line = lib.expectation()
  local events, names = {}, {}
  for i, e in ipairs(list) do
    if type(e) ~= "table" or not rawget(e, "index") then
      if lib.first then lib.fail(line, string.format("order: item %d never happened", i)) end
      lib.misuse(line, string.format("order: item %d is no event; write flow:first(…) or stdout():line(…)", i))
    end
    events[i], names[i] = e.index, e.name
  end
  -- two pieces of one write share an event: where they stand in it is their order
  for i = #events, 2, -1 do
    local a, b = list[i - 1], list[i]
    if events[i] == events[i - 1] and rawget(a, "at") and rawget(b, "at") and a.at < b.at then
      table.remove(events, i)
      table.remove(names, i)
    end
  end
  if #events == 1 and #list > 1 then
    lib.step("order", line, "in one write", false)
    return
  end
  if #events < 2 then lib.misuse(line, "order wants at least two events") end
  local status, reason, explanation, packet = lib.core.judge_order(events, names)
  lib.step("order", line, table.concat(names, " < "), status ~= "holds")
  if status ~= "holds" then lib.fail(line, reason, explanation, { packet = packet }) end
end

-- For so many milliseconds no packet comes onto the link.
function T:quiet(ms)
  local line = lib.expectation()
  lib.idle()
  local before = lib.core.packet_count()
  local seen = lib.wait(function() return lib.core.packet_count() > before end, ms / 1000)
  lib.step("quiet", line, ms .. " ms", seen)
  if seen then
    lib.fail(line, string.format("packet %d came: %s; expected %d ms without any", before + 1, lib.core.packet_text(before + 1), ms), nil,
      { packet = before + 1 })
  end
end

local function older(release, version)
  local major, minor = release:match "^(%d+)%.(%d+)"
  local wanted, least = version:match "^(%d+)%.(%d+)$"
  major, minor, wanted, least = tonumber(major), tonumber(minor), tonumber(wanted), tonumber(least)
  return major < wanted or major == wanted and minor < least
end

-- capability: "wire", "trace", "accounting", "program:NAME", "sysctl:NAME", "kernel:5.14" (that or later)
function T:skip_unless(capability)
  local line = lib.line()
  local kind, what = capability:match("^(%w+):(.*)$")
  if capability == "wire" then
    if not lib.core.has_wire then lib.skip(line, "no wire of the harness's here; sockproof doctor says why") end
  elseif capability == "trace" then
    local can, why = lib.core.can_trace()
    if not can then lib.skip(line, string.format("programs cannot be traced here (%s); sockproof doctor says how they could", why)) end
  elseif capability == "accounting" then
    local can, why = lib.core.can_account()
    if not can then lib.skip(line, string.format("how processes end that a program makes is not known here (%s); sockproof doctor says more", why)) end
  elseif kind == "program" then
    if not lib.find_program(what, true) then lib.skip(line, what .. " is not installed") end
  elseif kind == "kernel" and what:match "^%d+%.%d+$" then
    if older(lib.core.kernel, what) then lib.skip(line, string.format("this kernel is %s, older than %s", lib.core.kernel, what)) end
  elseif kind == "sysctl" then
    if not lib.core.host_sysctl_get(0, what) then lib.skip(line, "this kernel has no sysctl " .. what) end
  else
    lib.misuse(line, string.format("no capability %s; there are wire, trace, accounting, program:NAME, sysctl:NAME, kernel:VERSION", lib.show(capability)))
  end
end

-- A sysctl that no host has of its own but the whole machine: that is changed only where the machine is the case's own.
function T:machine_sysctl(name, value)
  local line = lib.line()
  if lib.clock ~= "virtual" then
    lib.skip(line, string.format("%s is this whole machine's, not a host's; only a virtual machine's is changed (--clock virtual)", name))
  end
  local errno, message = lib.core.machine_sysctl_set(name, tostring(value))
  if errno then lib.misuse(line, message) end
  lib.step("machine", line, string.format("sysctl %s = %s", name, tostring(value)), false)
end

function T:skip(reason)
  lib.skip(lib.line(), reason)
end

-- The script's own verdict: what it found is the program's fault.
function T:fail(reason, explanation)
  lib.fail(lib.expectation(), reason, explanation)
end

function T:note(text)
  lib.event("note", "note", lib.line(), text)
end

-- Where the script has come to, as an event with a time: for what happens without a packet.
function T:moment(name)
  local at = lib.core.now()
  return setmetatable({ name = name, at_ns = at, index = lib.event("note", "note", lib.line(), name) }, Moment)
end

-- ns on the case's clock
function Moment:time()
  return self.at_ns
end

-- Bytes that look like chance and are the same in every run.
function T:bytes(n)
  return lib.chance_bytes(n, lib.seed & 0x7fffffff)
end

-- The folder programs run in; write a file there, read one back.
function T:write_file(name, bytes)
  local wrong = lib.files.write(lib.core.scratch, name, bytes)
  -- it is their folder too: nothing but they can have filled it, or put there what is in the way
  if wrong and #lib.programs > 0 then lib.fail(lib.line(), wrong .. ": what programs have put into the scratch folder is in the way") end
  if wrong then lib.misuse(lib.line(), wrong) end
end

function T:read_file(name)
  return lib.files.read(lib.core.scratch, name)
end

-- A file's bytes as soon as they are these.
function T:file(name)
  return lib.observable("file " .. name, function() return lib.files.read(lib.core.scratch, name) end)
end

-- How long until this kernel repeats a SYN that nobody answers, in seconds, the nth time (from 1).
-- tcp_syn_linear_timeouts (Linux 6.5) many times 1 s, then doubling; before 6.5 doubling at once (tcp(7)).
function T:syn_retry(nth)
  local linear = lib.core.host_sysctl_get(0, "net.ipv4.tcp_syn_linear_timeouts")
  local n = linear and tonumber(linear) or 0
  return nth <= n and 1 or 2 ^ (nth - 1 - n)
end

-- The case -----------------------------------------------------------------------------------------------------------------------

local function new_t(scenario, setting)
  local t = { p = setting.parameters, parameters = setting.parameters, family = setting.parameters.family or "ipv4" }
  for i, name in ipairs(scenario.hosts) do t[name] = lib.new_host(i - 1, name) end
  t.wire = lib.new_wire()
  return setmetatable(t, T)
end

local function begin(core, scenario, setting)
  lib.core = core
  lib.begin_wait(core)
  lib.next_port, lib.branch, lib.branches, lib.injected, lib.steps = nil, 0, 0, nil, 0
  lib.sockets, lib.programs, lib.program_names, lib.deferred, lib.expectations, lib.faults = {}, {}, {}, {}, {}, {}
  lib.expected, lib.staging, lib.patterns, lib.started, lib.actors = {}, {}, {}, {}, {}
  lib.begin_going_on(setting.goes_on)
  lib.deadline = scenario.deadline or setting.deadline
  lib.pace = setting.pace
  lib.clock = setting.virtual and "virtual" or "real"
  lib.version = lib.family_version(setting.parameters.family or "ipv4")
  lib.world = scenario.world
  lib.host_names = scenario.hosts
  lib.needs = {}
  for _, need in ipairs(scenario.needs or {}) do lib.needs[need] = true end
  lib.contract_table = setting.contract
  lib.cast = setting.cast
  lib.program_folder = setting.program_folder
  lib.seed = setting.seed
end

-- A fault that was never injected proves nothing: the script's mistake, where the software under test did all that was expected of it.
local function check_unmet(t)
  for _, g in ipairs(t.wire.gates) do
    local _, _, acted = lib.core.gate_counts(g.handle)
    if acted == 0 and not g.optional then
      lib.misuse(g.line, string.format("this %s never met a packet that fits; if that may be so, write optional = true", g.action))
    end
  end
  lib.check_faults()
end

-- Patterns do not speak of fragments. Whose datagram it was says whose fault that is: the script's, or that of a program which sent what
-- nobody asked for.
local function check_fragments(line)
  local number, from, port = lib.core.first_fragment()
  if not number then return end
  if from >= 0 and not lib.is_scripted_port(from, port) then
    for _, p in ipairs(lib.programs) do
      if lib.world == "loop" or p.host.index == from then
        lib.fail(line, string.format("packet %d: a program on %s sent a datagram longer than the MTU, in fragments, of which patterns do not speak", number,
          p.host.name), nil, { packet = number })
      end
    end
  end
  lib.misuse(line, "fragments crossed the link, and patterns do not speak of them: send less than the MTU at once")
end

-- What never happens, and that nothing more happens, can be told only when nothing can happen any more.
local function come_to_rest()
  if #lib.deferred == 0 then
    lib.wait(lib.core.at_rest, 0.5)
    return
  end
  local line = lib.deferred[1].line
  local rests = await_rest()
  check_fragments(line)
  if rests then return end
  for _, p in ipairs(lib.programs) do
    if lib.core.program_rest(p.handle) == "runs" then
      lib.fail(line, string.format("%s never sleeps: it has used %.1f s of CPU time, and what it may still do cannot be told", p.name,
        lib.core.program_cpu_time(p.handle) / 1e9))
    end
  end
  local endless = string.format("packets are still under way %g s after the script's end", lib.deadline)
  -- a segment that nobody sent puts two kernels out of step: each acknowledges what the other never said (RFC 9293, 3.10.7.4)
  if lib.injected then lib.misuse(lib.injected, endless .. ": what was injected here may have set two kernels to answering each other") end
  lib.fail(line, endless .. ": something keeps sending")
end

local CRASHES = { SEGV = 1, ABRT = 1, BUS = 1, FPE = 1, ILL = 1, SYS = 1, TRAP = 1 }

-- How processes ended that a program made; sorted, so that the trace has one order.
local function note_crashes()
  for _, p in ipairs(lib.programs) do
    for signal in lib.sorted_pairs(lib.core.program_children_killed(p.handle)) do
      if CRASHES[signal] then
        lib.event("program", p.name, p.line, "a child was killed by SIG" .. signal)
        if not p.children_asked[signal] then p.child_crash = p.child_crash or signal end
      end
    end
  end
end

-- A program that crashed has failed, whether the script asked or not.
local function check_crashes()
  for _, p in ipairs(lib.programs) do
    local kind, signal = lib.core.program_exited(p.handle)
    if kind == "killed" and CRASHES[signal] and not p.asked then
      lib.fail(p.line, string.format("%s crashed: it was killed by SIG%s", p.name, signal))
    end
    if p.child_crash then
      lib.fail(p.line, string.format("a child of %s crashed: it was killed by SIG%s", p.name, p.child_crash))
    end
  end
end

local function script(t, scenario)
  for _, need in ipairs(scenario.needs or {}) do t:skip_unless(need) end
  for _, role in ipairs(lib.names_of(lib.cast)) do
    for _, need in ipairs(lib.cast[role].spec.needs or {}) do t:skip_unless(need) end
  end
  scenario.run(t)
end

-- Did the script look at all it did, and could it see all?
local function check_script()
  for _, s in ipairs(lib.sockets) do lib.check_socket(s) end
  lib.check_unused()
  if lib.steps == 0 and #lib.deferred == 0 then lib.misuse(nil, "the script does nothing and expects nothing: that it passes would say nothing") end
  lib.check_calls_seen()
end

local function perform(t, scenario)
  local whole = lib.stage(script, t, scenario)
  lib.stage(check_script)
  lib.stage(lib.await_deferred)
  lib.stage(come_to_rest)
  note_crashes()
  lib.core.seal()
  lib.judge_deferred(whole)
  if not lib.first then lib.stage(check_crashes) end
  if not lib.first then lib.stage(lib.check_floods) end
  if not lib.first then lib.stage(lib.check_findings) end
  -- a program that never sent what a fault waits for has failed for that, and the fault could not but miss it
  if not lib.first then lib.stage(check_unmet, t) end
  if lib.first then error(lib.first, 0) end
end

-- The ladder of the case: flows in the words of the script's first pattern of each; where it has none, all flows as the trace tells them.
local function ladder()
  local flows, seen = {}, {}
  for _, p in ipairs(lib.patterns) do
    local flow = p.flow()
    if flow and not seen[flow] then
      seen[flow] = true
      flows[#flows + 1] = { flow = flow, lines = p.lines }
    end
  end
  return lib.core.ladder(flows)
end

-- What else is to be known of a case: lines that expect something (each with the line where it ends, and whether it does not hold), roles
-- that were started, the reason in words that every run has (nil: as it is), the packet (0: none) where evidence and expectation part and the line of the pattern (from 1; 0: none) there.
local function told(setting, verdict, parts)
  local t = { expectations = {}, packet = parts.packet or 0, pattern_line = parts.pattern_line or 0, roles = table.concat(lib.names_of(lib.started), " "),
    steady = parts.steady }
  for line, last in lib.sorted_pairs(lib.expected) do
    t.expectations[#t.expectations + 1] = { line = line, last = last, broken = lib.broken[line] or false }
  end
  if setting.ladder and (verdict == "pass" or verdict == "fail") then t.ladder = ladder() end
  return t
end

local function play(core, scenario, setting)
  local t = new_t(scenario, setting)
  local ok, raised = xpcall(lib.play, lib.locate, { function() perform(t, scenario) end })
  if ok then return "pass", "", nil, 0, {} end
  core.seal()
  -- in an audit, what goes wrong behind the first failure changes nothing
  raised = lib.first or raised
  -- Lua calls no handler when memory has run out (lua_pcallk)
  if type(raised) == "string" then return "error", "the script: " .. raised .. " (it may have 256 MiB)", nil, 0, {} end
  return raised.verdict, raised.reason, raised.explanation, raised.line, raised.parts
end

-- Run one case to its end. Returns verdict, reason, explanation, line, and a table with what else is to be known.
function lib.perform(core, scenario, setting)
  begin(core, scenario, setting)
  local verdict, reason, explanation, line, parts = play(core, scenario, setting)
  -- after an error nothing is certain, memory least of all
  return verdict, reason, explanation, line, verdict ~= "error" and told(setting, verdict, parts) or nil
end
