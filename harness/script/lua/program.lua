-- SPDX-License-Identifier: MIT
-- program.lua - real programs: start, listen, output, signals, exit
local lib = ...
local Program = lib.class "program"
lib.Program = Program
local Output = lib.class "program's output"

local OPTIONS = { name = 1, env = 1, folder = 1, terminal = 1, max_output = 1, max_memory = 1, max_file = 1,
  max_descriptors = 1, max_cpu_s = 1, under = 1, traced = 1, faults = 1, capabilities = 1, jailed = 1, findings = 1 }

-- A command line as words: blanks part, '…' and "…" hold together, no other shell.
function lib.words(text)
  local words, word, quote = {}, nil, nil
  for c in text:gmatch "." do
    if quote then
      if c == quote then quote = nil else word = word .. c end
    elseif c == "'" or c == '"' then
      quote, word = c, word or ""
    elseif c:find "%s" then
      if word then words[#words + 1] = word end
      word = nil
    else
      word = (word or "") .. c
    end
  end
  if quote then return nil, "a quote " .. quote .. " is not closed" end
  if word then words[#words + 1] = word end
  return words
end

local VALGRIND = { "valgrind", "-q", "--error-exitcode=97", "--leak-check=full", "--errors-for-leak-kinds=definite",
  "--track-fds=no", "--vgdb=no" } -- no debugger comes, so no files in /tmp for one

-- Launch argv in a host. options: see OPTIONS. line: of the script.
function lib.launch(host, argv, options, line)
  lib.check_keys("run", options, OPTIONS, line)
  local program = argv[1]
  if options.under then
    if options.under ~= "valgrind" then lib.misuse(line, 'under = "valgrind" is the only tool there is') end
    if not lib.needs["program:valgrind"] then
      lib.misuse(line, 'under = "valgrind" without needs = { "program:valgrind" } in the scenario: a machine that has none could not skip it, nor a guest bring it')
    end
    local wrapped = { table.unpack(VALGRIND) }
    for _, w in ipairs(argv) do wrapped[#wrapped + 1] = w end
    argv = wrapped
  end
  local name = options.name or argv[1]:match("([^/]+)$")
  if name == "" or name:find "[/%c]" or name:sub(1, 1) == "." then
    lib.misuse(line, string.format("name = %s: a program's name is a file's too, without a slash or a dot in front", lib.quote(name)))
  end
  lib.program_names[name] = (lib.program_names[name] or 0) + 1
  if lib.program_names[name] > 1 then name = name .. "#" .. lib.program_names[name] end
  for _, c in ipairs(options.capabilities or {}) do
    if not lib.core.is_capability(c) then
      lib.misuse(line, string.format("no capability %s; a program can be left with net_admin, net_bind_service, net_raw", lib.show(c)))
    end
  end
  if options.findings and not lib.find_program("valgrind", true) then lib.skip(line, "valgrind is not installed") end
  if options.findings then argv = lib.with_findings(argv) end
  local env = options.env
  if options.traced or options.faults then
    -- LeakSanitizer wants to trace the program itself, and makes it fail when it cannot
    env = { "LSAN_OPTIONS=detect_leaks=0", table.unpack(options.env or {}) }
  end
  lib.begin_step(name, line, "started")
  local handle, errno, message = lib.core.program_start {
    host = host.index, name = name, argv = argv, program = program, env = env, folder = options.folder, terminal = options.terminal,
    line = line, max_output = options.max_output, max_memory = options.max_memory, max_file = options.max_file,
    max_descriptors = options.max_descriptors, max_cpu_s = options.max_cpu_s, capabilities = options.capabilities, jailed = options.jailed, traced = options.traced or options.faults ~= nil }
  if not handle and errno == "EPERM" and (options.traced or options.faults) then
    lib.skip(line, message .. ": this machine does not let programs be traced; sockproof doctor says why")
  end
  if not handle and options.jailed and (errno == "ENOENT" or errno == "EACCES" or errno == "ENOEXEC") then
    lib.fail(line, message .. ": no program for this machine was handed in by that name")
  end
  if not handle then
    local mend = (errno == "ENOENT" or errno == "EACCES" or errno == "ENOEXEC")
      and "; check the path, that it is executable and built for this machine" or ""
    lib.misuse(line, message .. mend)
  end
  local p = setmetatable({ handle = handle, name = name, host = host, argv = argv, line = line, asked = false, children_asked = {},
    transport = "tcp",
    traced = (options.traced or options.faults ~= nil) or false }, Program)
  p.findings = options.findings or false
  lib.programs[#lib.programs + 1] = p
  lib.actors[name] = p
  for _, f in ipairs(options.faults or {}) do lib.add_fault(p, f[1], f, line) end
  return p
end

local function status_words(kind, value)
  if kind == "exited" then return "exited with " .. value end
  return "was killed by SIG" .. value
end

-- The last line of a text, without its newline. Not by a pattern: "[^\n]*" would be tried from each byte of a line of megabytes.
local function last_line(text)
  local stop = #text
  while stop > 0 and text:byte(stop) == 10 do stop = stop - 1 end
  local before = stop
  while before > 0 and text:byte(before) ~= 10 do before = before - 1 end
  return text:sub(before + 1, stop)
end

-- The last words of a program, to explain what became of it.
local function last_words(self)
  local err = lib.core.program_output(self.handle, 2)
  local out = lib.core.program_output(self.handle, 1)
  local said = err ~= "" and err or out
  if said == "" then return nil end
  return string.format("its last %s: %s", err ~= "" and "words on stderr" or "words on stdout", lib.quote(last_line(said)))
end

local function with_last_words(self, text)
  local words = last_words(self)
  return words and text .. lib.lucky("; " .. words) or text
end

local function await_exit(self)
  local kind, value
  lib.wait(function()
    kind, value = lib.core.program_exited(self.handle)
    return kind
  end)
  return kind, value
end

-- A verb that only what lives can obey has come too late. How it ended may not have been heard yet: that is waited for.
local function too_late(self, line, cannot)
  local kind, value = await_exit(self)
  lib.fail(line, with_last_words(self, string.format("%s %s; it %s", self.name, kind and status_words(kind, value) or "has ended", cannot)))
end

-- Listening ----------------------------------------------------------------------------------------------------------------

local function covers(row, version)
  if lib.world ~= "loop" and (row.local_address:find "^127%." or row.local_address == "::1") then return false end
  if row.version == version then return true end
  return version == 4 and row.version == 6 and not row.v6only and (row.local_address == "::" or row.local_address:find "^%d+%.")
end

-- Where it can be reached: TCP listeners, or with transport = "udp" sockets that are bound. One that is connected hears its peer
-- alone; one that was never bound has no port, and no row.
local function listening_rows(self)
  local inodes = lib.core.program_inodes(self.handle)
  local udp = self.transport == "udp"
  local rows = {}
  for _, row in ipairs(lib.core.host_sockets(self.host.index, self.transport, "listeners")) do
    local open
    if udp then open = row.remote_port == 0 else open = row.state == "LISTEN" end
    if open and inodes[row.inode] then rows[#rows + 1] = row end
  end
  return rows
end

-- The port that a program without htons(3) means.
function lib.swapped(port)
  return (port & 0xff) << 8 | port >> 8
end

local function where(row)
  local host = row.local_address:find(":", 1, true) and "[" .. row.local_address .. "]" or row.local_address
  return string.format("%s:%d", host, row.local_port)
end

local function explain_other(rows, port, version)
  local row = rows[1]
  if row.local_port == port then
    local loopback = row.local_address:find "^127%." or row.local_address == "::1"
    return string.format("it listens on %s only: %s cannot reach it", where(row), loopback and "another host" or "an IPv" .. version .. " client")
  end
  local hint = row.local_port == lib.swapped(port)
    and string.format(" (%d with its two bytes swapped: htons(3) is missing)", port) or ""
  return string.format("it listens on %s, not on port %d%s", where(row), port, hint)
end

-- Wait until this program itself listens on that port (nil: on any) for that address family.
function lib.await_listening(self, port, version, line)
  local rows, kind, value = {}, nil, nil
  local found = lib.wait(function()
    kind, value = lib.core.program_exited(self.handle)
    rows = kind and {} or listening_rows(self)
    for _, row in ipairs(rows) do
      if (not port or row.local_port == port) and covers(row, version) then return row end
    end
    if kind or #rows == 0 or lib.core.program_rest(self.handle) ~= "sleeps" then return kind end
    -- it sleeps; but the rows were read before that was known, and it may have listened once more in between
    rows = listening_rows(self)
    for _, row in ipairs(rows) do
      if (not port or row.local_port == port) and covers(row, version) then return row end
    end
    return "elsewhere" -- nothing will change that
  end)
  if type(found) == "table" then
    self.listening = found
    lib.event("program", self.name, line, "listens on " .. where(found))
    return
  end
  if kind then
    lib.fail(line, with_last_words(self, string.format("%s %s before it listened", self.name, status_words(kind, value))))
  end
  if #rows > 0 then
    lib.fail(line, string.format("%s: %s", self.name, explain_other(rows, port, version)))
  end
  lib.fail(line, with_last_words(self, string.format("%s did not listen on %s within %g s", self.name,
    port and "port " .. port or "any port", lib.deadline)))
end

-- AF_UNIX: the same path may be written in several ways; programs start in the scratch folder.
local function whole_path(path)
  return path:find "^[@/]" and path or lib.core.scratch .. "/" .. path:gsub("^%./+", "")
end

-- Where it can be heard by path: listeners, and datagram sockets, which listen as soon as they are bound.
local function path_rows(self)
  local inodes = lib.core.program_inodes(self.handle)
  local rows = {}
  for _, row in ipairs(lib.core.host_sockets(self.host.index, "unix")) do
    if row.path ~= "" and (row.state == "LISTEN" or row.type == "dgram") and inodes[row.inode] then rows[#rows + 1] = row end
  end
  return rows
end

-- Wait until this program itself has an AF_UNIX socket there that hears.
function lib.await_path(self, path, line)
  local rows, kind, value = {}, nil, nil
  local function look()
    rows = path_rows(self)
    for _, row in ipairs(rows) do
      if whole_path(row.path) == whole_path(path) then return row end
    end
  end
  local found = lib.wait(function()
    kind, value = lib.core.program_exited(self.handle)
    local row = not kind and look()
    if row or kind then return row or kind end
    -- asleep, and then still not there: nothing will change that
    return #rows > 0 and lib.core.program_rest(self.handle) == "sleeps" and (look() or "elsewhere")
  end)
  if type(found) == "table" then
    self.listening = found
    lib.event("program", self.name, line, "listens on " .. found.path)
    return
  end
  if kind then
    lib.fail(line, with_last_words(self, string.format("%s %s before it listened", self.name, status_words(kind, value))))
  end
  if #rows > 0 then lib.fail(line, string.format("%s: it listens on %s, not on %s", self.name, rows[1].path, path)) end
  lib.fail(line, with_last_words(self, string.format("%s did not listen on %s within %g s", self.name, path, lib.deadline)))
end

-- Wait until it listens: on that port, on whatever port it chooses, or on that path. transport: "udp" when the port is not TCP's.
function Program:listens(where_to, transport)
  local line = lib.expectation()
  if transport then lib.check_transport(transport, line) end
  self.transport = transport or self.transport
  if type(where_to) == "string" then
    lib.await_path(self, where_to, line)
  else
    lib.await_listening(self, where_to, lib.version, line)
  end
  return self
end

-- Where it listens, for connect: the host's address in the case's family, and the port the kernel says; or the path.
function Program:address()
  if not rawget(self, "listening") then lib.misuse(nil, self.name .. " is not known to listen; t:start() or :listens() wait for that") end
  if self.listening.path ~= "" then return { path = self.listening.path } end
  return { address = self.host:_address(), port = self.listening.local_port }
end

function Program:port()
  return self:address().port or lib.misuse(nil, self.name .. " listens on a path; it has no port")
end

-- Its listening socket: { waiting, limit }.
function Program:queue()
  local at = self:address()
  local rows_of = at.path and path_rows or listening_rows
  if self.transport == "udp" then lib.misuse(nil, "a UDP socket has no queue of connections") end
  return lib.observable(self.name .. " queue", function()
    for _, row in ipairs(rows_of(self)) do
      if row.path == (at.path or "") and row.local_port == self.listening.local_port and row.local_address == self.listening.local_address then
        return { waiting = row.receive_queue, limit = row.send_queue }
      end
    end
    return {}
  end)
end

-- The server side's kernel state of the connection with this socket.
function Program:sees(socket, state)
  local line = lib.expectation()
  state = lib.check_state(state, line)
  local seen
  local ok = lib.wait(function()
    seen = "CLOSED"
    local l = rawget(socket, "local_end")
    for _, row in ipairs(lib.core.host_sockets(self.host.index, "tcp", "connections")) do
      if l and row.remote_port == l[2] and row.remote_address == l[1] then seen = row.state end
    end
    return seen == state
  end)
  lib.event("state", self.name, line, string.format("%s of %s", seen, socket.name), socket, true)
  if ok then return self end
  lib.fail(line, string.format("%s's side of %s is in %s; expected %s within %g s", self.name, socket.name, seen, state, lib.deadline))
end

-- Its nth connection (from 1), as seen on the link.
function Program:flow(nth)
  local port = self:port()
  return lib.flow(string.format("%s.flow(%d)", self.name, nth or 1), function() return lib.core.flow_on(port, nth or 1) end)
end

-- Processes ----------------------------------------------------------------------------------------------------------------

function Program:signal(name)
  local line = lib.line()
  lib.begin_step(self.name, line, "signal " .. name)
  local sent = lib.core.program_signal(self.handle, name)
  lib.step(self.name, line, "signal " .. name, not sent)
  if not sent then too_late(self, line, "cannot be sent " .. name) end
  return self
end

-- SIGKILL to every process of it; back when none is left and the kernel has closed what they had open.
function Program:kill()
  local line = lib.line()
  lib.begin_step(self.name, line, "killed")
  lib.core.program_kill(self.handle)
  local gone = lib.wait(function() return lib.core.program_rest(self.handle) == "gone" and lib.core.program_exited(self.handle) end)
  lib.step(self.name, line, "killed", not gone)
  if not gone then lib.fail(line, self.name .. " was sent SIGKILL and is still there") end
  return self
end

-- SIGSTOP to all its processes, once they sleep; back when the kernel says that all are stopped.
function Program:freeze()
  local line = lib.line()
  local frozen, why = lib.core.program_freeze(self.handle)
  lib.step(self.name, line, "frozen", not frozen)
  if why == "ESRCH" then too_late(self, line, "cannot be frozen") end
  if not frozen then lib.fail(line, with_last_words(self, self.name .. " cannot be frozen: it goes on running")) end
  return self
end

function Program:thaw()
  local line = lib.line()
  lib.begin_step(self.name, line, "thawed")
  local thawed = lib.core.program_thaw(self.handle)
  lib.step(self.name, line, "thawed", not thawed)
  if not thawed then too_late(self, line, "cannot be thawed") end
  return self
end

-- It sleeps: none of its threads runs, nothing on the wire is about to wake it, and all that it wrote was read. A program that spins never does.
function Program:sleeps()
  local line = lib.expectation()
  local rest
  local ok = lib.wait(function()
    lib.core.carry()
    rest = lib.core.program_rest(self.handle)
    return rest ~= "runs" and lib.core.nothing_waits()
  end, lib.restless and 0 or nil)
  lib.restless = lib.restless or not ok
  lib.step(self.name, line, "sleeps", not ok)
  if ok then return self end
  local cpu = lib.core.program_cpu_time(self.handle)
  lib.fail(line, string.format("%s never sleeps: it has used %.1f s of CPU time with nothing to do", self.name, cpu / 1e9))
end

-- It ends with this exit status.
function Program:exits(status)
  local line = lib.expectation()
  local kind, value = await_exit(self)
  if kind == "exited" and value == (status or 0) then
    lib.step(self.name, line, "exits with " .. value, false)
    return self
  end
  if not kind then
    lib.fail(line, with_last_words(self, string.format("%s is still running after %g s; expected exit status %d", self.name, lib.deadline, status or 0)))
  end
  lib.fail(line, with_last_words(self, string.format("%s %s; expected exit status %d", self.name, status_words(kind, value), status or 0)))
end

local function check_signal(signal, line)
  local wanted = signal:gsub("^SIG", "")
  if not lib.core.is_signal(wanted) then lib.misuse(line, string.format("no signal SIG%s; write one such as SIGTERM", wanted)) end
  return wanted
end

function Program:killed_by(signal)
  local line = lib.expectation()
  local wanted = check_signal(signal, line)
  self.asked = true
  local kind, value = await_exit(self)
  if kind == "killed" and value == wanted then
    lib.step(self.name, line, "killed by SIG" .. value, false)
    return self
  end
  lib.fail(line, with_last_words(self, string.format("%s %s; expected to be killed by SIG%s", self.name,
    kind and status_words(kind, value) or "is still running", wanted)))
end

-- A process that it made, or one that this one made, is killed by this signal.
function Program:child_killed_by(signal)
  local line = lib.expectation()
  local wanted = check_signal(signal, line)
  if not lib.core.program_accounted(self.handle) then
    lib.skip(line, string.format("how processes end that %s makes is not known here; sockproof doctor says why", self.name))
  end
  self.children_asked[wanted] = true
  local killed
  lib.wait(function()
    local gone = lib.core.program_rest(self.handle) == "gone"
    killed = lib.core.program_children_killed(self.handle)[wanted]
    return killed or gone
  end)
  lib.step(self.name, line, "a child killed by SIG" .. wanted, not killed)
  if killed then return self end
  lib.fail(line, with_last_words(self, string.format("SIG%s killed no process that %s made", wanted, self.name)))
end

-- It has not ended, once everything under way has been dealt with.
function Program:runs()
  local line = lib.expectation()
  lib.rest(line)
  local kind, value = lib.core.program_exited(self.handle)
  lib.step(self.name, line, "runs", kind)
  if kind then lib.fail(line, with_last_words(self, string.format("%s %s; expected it to go on", self.name, status_words(kind, value)))) end
  return self
end

-- User and system time so far, ns.
function Program:cpu_time()
  return lib.observable(self.name .. " CPU time", function() return lib.core.program_cpu_time(self.handle) end)
end

-- The pid of its first process, as scripted sockets see it; how many sockets its processes hold; how many processes it has (zombies apart); how many descriptors the first has open.
function Program:pid()
  return lib.core.program_pid(self.handle)
end

function Program:open_sockets()
  return lib.observable(self.name .. " open sockets", function() return (select(2, lib.core.program_inodes(self.handle))) end)
end

function Program:children()
  return lib.observable(self.name .. " children", function()
    local count, zombies = lib.core.program_processes(self.handle)
    return { alive = math.max(count - 1, 0), zombies = zombies }
  end)
end

function Program:descriptors()
  return lib.observable(self.name .. " descriptors", function()
    local count = lib.core.program_descriptors(self.handle)
    if not count then too_late(self, lib.line(), "has no descriptors any more") end
    return count
  end)
end

-- Standard input -----------------------------------------------------------------------------------------------------------

-- One line of input.
function Program:stdin(text)
  return self:input(text .. "\n")
end

-- Bytes as they are.
function Program:input(bytes)
  local line = lib.line()
  local words = "stdin " .. lib.quote(bytes)
  lib.begin_step(self.name, line, words)
  local given, why = lib.core.program_input(self.handle, bytes)
  lib.step(self.name, line, words, not given)
  if why == "ESRCH" then too_late(self, line, "cannot be given input") end
  if not given then lib.fail(line, with_last_words(self, self.name .. " has closed its standard input; it cannot be given more")) end
  return self
end

function Program:close_stdin()
  local line = lib.line()
  lib.begin_step(self.name, line, "stdin closed")
  lib.core.program_input_end(self.handle)
  lib.step(self.name, line, "stdin closed", false)
  return self
end

-- Output -------------------------------------------------------------------------------------------------------------------

function Program:stdout()
  return setmetatable({ program = self, stream = 1, what = "stdout of " .. self.name }, Output)
end

function Program:stderr()
  return setmetatable({ program = self, stream = 2, what = "stderr of " .. self.name }, Output)
end

-- Everything it wrote so far, for scripts that look themselves.
function Output:text()
  return (lib.core.program_output(self.program.handle, self.stream))
end

local Printed = lib.class "piece of output"

local function check_whole(self, line)
  local kept, total = lib.core.program_output(self.program.handle, self.stream)
  if total > #kept then lib.fail(line, string.format("%s: more than the %d bytes that are kept: a flood", self.what, #kept)) end
end

-- Output that was cut is evidence that is not whole, whether the script asks for it or not; and it was the program that wrote so much.
function lib.check_floods()
  for _, p in ipairs(lib.programs) do
    check_whole(p:stdout(), p.line)
    check_whole(p:stderr(), p.line)
  end
end

-- Wait until the output satisfies the rule; no longer than its writer lives.
local function await_output(self, rule, expected, line)
  local last, status, reason, explanation, gone = -1, nil, nil, nil, nil
  lib.wait(function()
    local size = lib.core.program_output_size(self.program.handle, self.stream)
    gone = lib.core.program_exited(self.program.handle)
    if size ~= last then
      last = size
      local text = lib.core.program_output(self.program.handle, self.stream)
      status, reason, explanation = lib.core.judge_text(rule, self.what, expected, text)
    end
    if status == "not yet" and gone then
      local _, _, closed = lib.core.program_output(self.program.handle, self.stream)
      return closed and size == lib.core.program_output_size(self.program.handle, self.stream)
    end
    return status ~= "not yet"
  end)
  lib.step(self.program.name, line, string.format("%s %s %s", self.stream == 1 and "stdout" or "stderr", rule, lib.quote(expected)), status ~= "holds")
  if status == "holds" then return end
  check_whole(self, line)
  local kind, value = lib.core.program_exited(self.program.handle)
  lib.fail(line, kind and string.format("%s; %s %s", reason, self.program.name, status_words(kind, value)) or reason, explanation)
end

local function printed(self, expected, whole)
  local text = self:text()
  local at, to = text:find(expected, 1, true)
  if whole then -- the line, not the first place where its text stands in another
    local _, before = ("\n" .. text):find("\n" .. expected .. "\n", 1, true)
    if not before then _, before = ("\n" .. text):find("\n" .. expected .. "\r\n", 1, true) end
    at, to = before - #expected - 1, before - 1
  end
  local index = lib.core.event_of_output(self.program.name, self.stream, to or #text)
  return setmetatable({ index = index, at = at or #text, name = string.format("%s %s", self.what, lib.quote(expected)), output = self }, Printed)
end

-- It writes this text, sooner or later, anywhere. What is returned can stand in t:order.
function Output:has(expected)
  await_output(self, "has", expected, lib.expectation())
  return printed(self, expected)
end

-- It writes this line.
function Output:line(expected)
  await_output(self, "line", expected, lib.expectation())
  return printed(self, expected, true)
end

-- All that it writes in the whole case is this; lines of a table, or one text.
function Output:exactly(expected)
  local line = lib.expectation()
  if type(expected) == "table" then expected = table.concat(expected, "\n") .. "\n" end
  lib.defer(self.what .. " exactly", function()
    check_whole(self, line)
    return lib.core.judge_text("exactly", self.what, expected, self:text())
  end, line)
end

-- It never writes this text in the whole case.
function Output:never(unwanted)
  local line = lib.expectation()
  lib.defer(string.format("%s never %s", self.what, lib.quote(unwanted)), function()
    check_whole(self, line)
    return lib.core.judge_text("never", self.what, unwanted, self:text())
  end, line)
end
