-- SPDX-License-Identifier: MIT
-- socket.lua - scripted sockets: every call of the API, its outcome, and what the kernel says of the socket
--
-- A call is made when its verb is; what the script then says of it (fails, returns, connected) looks at its outcome. A call
-- that failed and was not looked at ends the case at the next verb: a script cannot overlook an error.
local lib = ...

-- c.flow: the conversation between this socket's two ends
local Socket = lib.class("socket", function(self, key)
  if key == "flow" then return lib.socket_flow(self) end
end)
lib.Socket = Socket

function lib.new_socket(host, name, kind, fd, version)
  local s = setmetatable({ name = name, host = host, kind = kind, fd = fd, version = version, sent = 0, read = 0 }, Socket)
  if kind:find "^unix" then s.inode = lib.core.sock_inode(fd) end
  lib.sockets[#lib.sockets + 1] = s
  lib.actors[name] = s
  return s
end

function lib.socket_flow(self)
  local flow = lib.flow(self.name .. ".flow", function()
    local l, r = rawget(self, "local_end"), rawget(self, "remote")
    if not l or not r then return nil end
    return lib.core.flow_find(self.kind, l[1], l[2], r[1], r[2])
  end)
  rawset(self, "flow", flow)
  return flow
end

-- The connection that a socket is an end of, and which (0: the opener's); nil: none, or no packet of it was seen.
function lib.end_of_flow(actor)
  local l, r = actor and rawget(actor, "local_end"), actor and rawget(actor, "remote")
  if not l or not r or actor.kind:find "^unix" then return nil end
  return lib.core.flow_end(actor.kind, l[1], l[2], r[1], r[2])
end

-- Outcomes ----------------------------------------------------------------------------------------------------------------

local function told(o)
  if o.errno then return string.format("%s = -1 %s", o.call, o.errno) end
  return string.format("%s = %s", o.call, tostring(o.shown or o.result))
end

-- Write down what a call did; the script may speak of it next.
-- a_part: how much of the bytes a full buffer takes is the luck of the kernel's memory, and not for the trace.
local function finish(self, call, result, errno, line, shown, a_part)
  local o = { call = call, result = result, errno = errno, line = line, shown = shown, looked = not errno }
  self.outcome = o
  lib.step(self.name, line, a_part and not errno and call .. " = a part" or told(o), false)
  -- what the call put onto the link, and what the kernels answer, is carried before the next call is made
  lib.core.carry()
  return o
end

-- As finish(), of a call that did not wait and may have put packets on the link: they have not been carried yet.
local function finish_speaking(self, call, result, errno, line)
  lib.begin_step(self.name, line, call)
  return finish(self, call, result, errno, line)
end

local function end_of(self)
  local address, port = select(3, lib.core.sock_name(self.fd))
  if port then self.local_end = { address, port } end
end

-- Does a scripted socket speak, or did one, from that port of the host with this index? In a loop world all hosts are one.
function lib.is_scripted_port(host, port)
  if port == 0 then return false end
  for _, s in ipairs(lib.sockets) do
    if not rawget(s, "closed") and not rawget(s, "inode") then end_of(s) end
    local l = rawget(s, "local_end")
    if l and l[2] == port and (lib.world == "loop" or s.host.index == host) then return true end
  end
  return false
end

-- A connect that is under way becomes an outcome, or the deadline passes.
local function resolve(self)
  local pending = rawget(self, "pending")
  if not pending or pending.aside then return end
  self.pending = nil
  local done = lib.wait(function() return not lib.core.sock_connecting(self.fd) end)
  if not done then
    self.outcome = { call = pending.call, errno = "no answer", line = pending.line, looked = false }
    lib.step(self.name, pending.line, pending.call .. ": no answer", true)
    return
  end
  local errno = lib.core.sock_error(self.fd)
  finish(self, pending.call, errno and -1 or 0, errno, pending.line)
end

local function check_outcome(self)
  local o = rawget(self, "outcome")
  if o and o.errno and not o.looked then
    o.looked = true
    lib.fail(o.line, string.format("%s: %s; the script expected it to succeed", self.name, told(o)))
  end
end

-- Before a new call: the last one must have succeeded, or have been looked at. A connect that was seen to be under way is waited for, but not
-- by calls that a program may make meanwhile: they set it aside.
local function go_on(self, meanwhile)
  local pending = rawget(self, "pending")
  if pending then
    if pending.aside then check_outcome(self) end
    pending.aside = meanwhile and pending.looked
  end
  resolve(self)
  check_outcome(self)
  if rawget(self, "closed") then lib.misuse(nil, self.name .. " is closed already") end
end

-- At the end of the case: an outcome nobody looked at.
function lib.check_socket(self)
  if not rawget(self, "closed") then go_on(self, true) end
end

-- The last call failed with this errno.
function Socket:fails(errno)
  local line = lib.line()
  if type(errno) ~= "string" or not lib.core.is_errno(errno) then
    lib.misuse(line, string.format('fails wants the name of an errno such as "ECONNREFUSED", not %s', lib.show(errno)))
  end
  local pending = rawget(self, "pending")
  if errno == "EINPROGRESS" and pending and not pending.looked then
    pending.looked, pending.aside = true, true
    return self
  end
  lib.expectation()
  resolve(self)
  local o = rawget(self, "outcome") or lib.misuse(line, "no call was made before fails")
  o.looked = true
  if o.errno == errno then return self end
  lib.fail(line, string.format("%s: %s; expected %s", self.name, told(o), errno))
end

-- The last call returned this value.
function Socket:returns(value)
  local line = lib.expectation()
  resolve(self)
  local o = rawget(self, "outcome") or lib.misuse(line, "no call was made before returns")
  o.looked = true
  local actual = o.shown or o.result
  if not o.errno and actual == value then return self end
  lib.fail(line, string.format("%s: %s; expected %s", self.name, told(o), lib.show(value)))
end

-- connect has succeeded. Set-up, no expectation: it is the kernel that answers, and that the program listens was waited for before.
function Socket:connected()
  local line = lib.line()
  local p = rawget(self, "pending")
  if p then p.aside = nil end
  resolve(self)
  local o = rawget(self, "outcome")
  if not o or not (p or o.call:find "^connect") then lib.misuse(line, "connected() belongs behind connect(…)") end
  o.looked = true
  if not o.errno then return self end
  lib.fail(line, string.format("%s: %s; expected the connection to be established", self.name, told(o)))
end

-- connect is still under way: nobody has answered yet (after everything on the wire has been carried).
function Socket:connecting()
  local line = lib.expectation()
  if not rawget(self, "pending") then lib.misuse(line, "connecting() belongs behind connect(…)") end
  lib.rest(line)
  self.pending.looked, self.pending.aside = true, nil
  if lib.core.sock_connecting(self.fd) then return self end
  resolve(self)
  local o = self.outcome
  o.looked = true
  lib.fail(line, string.format("%s: %s; expected no answer yet", self.name, told(o)))
end

-- Calls -------------------------------------------------------------------------------------------------------------------

-- An address from what a script says: a program (where it listens), host:address(port), a path.
local function address_of(self, to, line)
  local a = lib.address(to, self, line)
  if a.path then return a.path, nil, a.path end
  return a.address, a.port, a.address:find(":", 1, true) and string.format("[%s]:%d", a.address, a.port)
    or string.format("%s:%d", a.address, a.port)
end

function Socket:bind(to)
  go_on(self, true)
  local line = lib.line()
  local a, port, shown = address_of(self, to, line)
  local result, errno = lib.core.sock_bind(self.fd, a, port)
  finish(self, string.format("bind(%s)", shown), result, errno, line)
  self.bound = not errno
  if not port and not errno then self.path = a end
  end_of(self)
  return self
end

-- Ports of our own sockets are the same in every run: beyond the range from which kernels here choose (world.c), counted up. A
-- script that wants the kernel to choose binds to port 0.
local FIRST_PORT = 50001

local function bind_fixed(self)
  if rawget(self, "bound") or not (self.kind == "tcp" or self.kind == "udp") then return end
  self.bound = true
  lib.next_port = lib.next_port or FIRST_PORT
  local _, errno = lib.core.sock_bind(self.fd, self.version == 6 and "::" or "0.0.0.0", lib.next_port)
  if errno then lib.misuse(nil, string.format("binding %s to port %d: %s", self.name, lib.next_port, errno)) end
  lib.next_port = lib.next_port + 1
end

function Socket:connect(to)
  go_on(self, true)
  local line = lib.line()
  local a, port, shown = address_of(self, to, line)
  bind_fixed(self)
  local call = string.format("connect(%s)", shown)
  lib.begin_step(self.name, line, call)
  local result, errno = lib.core.sock_connect(self.fd, a, port)
  -- a second connect that changes nothing, or reports the failure of the first, leaves c.flow as it was
  if not errno or errno == "EINPROGRESS" or not rawget(self, "remote") then
    end_of(self)
    if port then self.remote = { a, port } end
    self.target = to
  end
  if errno ~= "EISCONN" and errno ~= "EALREADY" then self.pending = nil end
  if errno == "EINPROGRESS" then
    self.pending = { call = call, line = line }
    self.outcome = nil
    lib.core.carry()
  else
    finish(self, call, result, errno, line)
  end
  return self
end

function Socket:listen(backlog)
  go_on(self, true)
  local line = lib.line()
  backlog = backlog or 4096
  local result, errno = lib.core.sock_listen(self.fd, backlog)
  finish(self, string.format("listen(%d)", backlog), result, errno, line)
  end_of(self)
  return self
end

-- The next connection, as a socket of that name; waits for one.
function Socket:accept(name)
  go_on(self)
  local line = lib.line()
  local fd, errno, address, port
  lib.wait(function()
    fd, errno, address, port = lib.core.sock_accept(self.fd)
    return errno ~= "EAGAIN"
  end)
  if errno == "EAGAIN" then
    lib.fail(line, string.format("%s: accept gave no connection within %g s", self.name, lib.deadline))
  end
  finish(self, "accept()", errno and -1 or 0, errno, line)
  if errno then return self end
  local s = lib.new_socket(self.host, name or self.name .. "+", self.kind, fd, self.version)
  end_of(s)
  if port then s.remote = { address, port } end
  return s
end

-- The descriptors of sockets that are to go along.
local function descriptors_of(sockets, line)
  local fds = {}
  for i, s in ipairs(sockets) do
    local fd = type(s) == "table" and rawget(s, "fd")
    if not fd or rawget(s, "closed") then lib.misuse(line, string.format("pass: %s is no open socket", lib.show(s))) end
    fds[i] = fd
  end
  if #fds == 0 then lib.misuse(line, "pass wants a list of sockets: pass = { c }") end
  return fds
end

local function send_all(self, bytes, options, line)
  local sent, errno = 0, nil
  local to, port, passed
  if options.to then to, port = address_of(self, options.to, line) end
  if options.pass then passed = descriptors_of(options.pass, line) end
  repeat
    local result
    local done = lib.wait(function()
      result, errno = lib.core.sock_send(self.fd, bytes, sent, options.flags, to, port, sent == 0 and passed or nil)
      return errno ~= "EAGAIN" or options.once
    end)
    if not done then break end
    if not errno then sent = sent + result end
  until errno or sent >= #bytes or options.once
  return sent, errno
end

-- Send all of it (options.once: one call only). options: flags = { "OOB" }, to = address, pass = { sockets } (SCM_RIGHTS).
function Socket:send(bytes, options)
  options = options or {}
  go_on(self, options.once)
  local line = lib.line()
  lib.check_keys("send", options, { flags = 1, to = 1, once = 1, pass = 1 })
  local call = string.format("send(%s)", lib.quote(bytes))
  lib.begin_step(self.name, line, call)
  local sent, errno = send_all(self, bytes, options, line)
  self.sent = self.sent + sent
  if errno == "EAGAIN" and not options.once then
    lib.fail(line, string.format("%s: send: %s of %d bytes within %g s; the peer does not read", self.name, lib.lucky(tostring(sent), "some"), #bytes, lib.deadline))
  end
  finish(self, call, errno and -1 or sent, errno, line, nil, sent < #bytes)
  return self
end

-- Where in the stream the next recv begins; nil once a flag was used that makes it unknown.
local function count_read(self, data, flags)
  local kept, unknown = false, false
  for _, flag in ipairs(flags or {}) do
    kept = kept or flag == "PEEK" or flag == "OOB"
    unknown = unknown or flag == "TRUNC"
  end
  if unknown then self.read = false end
  if data and not kept and rawget(self, "read") then self.read = self.read + #data end
end

-- One recv. options: flags, once (do not wait). Returns bytes or nil, errno.
local function receive(self, room, options)
  local data, errno, more
  lib.wait(function()
    data, errno, more = lib.core.sock_recv(self.fd, room, options.flags, options.control)
    return errno ~= "EAGAIN" or options.once
  end)
  count_read(self, data, options.flags)
  return data, errno, more
end

-- The packet that brought what a socket was given, for a failure to point at: byte `at` (from 1) of `data`, the last that was read; the end
-- of the stream (data = ""); what made its errno. nil: no packet did, or it is not known which.
local function brought_by(self, data, errno, at)
  if self.kind:find "^unix" then return nil end
  if self.kind == "udp" then
    local l = rawget(self, "local_end")
    return data and l and lib.core.datagram_to(self.host.index, l[2], data)
  end
  local index, side = lib.end_of_flow(self)
  if not index then return nil end
  local peer = 2 - side -- the other one, counted from 1
  if errno == "ECONNRESET" or errno == "ECONNREFUSED" or errno == "EPIPE" then return lib.core.packet_bringing(index, peer, "reset") end
  if not data then return nil end
  if data == "" then return lib.core.packet_bringing(index, peer, "end") end
  if not rawget(self, "read") then return nil end
  return lib.core.packet_bringing(index, peer, "byte", self.read - #data + at - 1, data:sub(at, at))
end

local function fail_at(self, line, reason, data, errno, at)
  lib.fail(line, reason, nil, { packet = brought_by(self, data, errno, at or 1) })
end

-- Descriptors that came along, as sockets of this host; false for what is none.
local function take_passed(self, list)
  for i, one in ipairs(list) do
    if one then
      self.taken = (rawget(self, "taken") or 0) + 1
      local s = lib.new_socket(self.host, string.format("%s+%d", self.name, self.taken), one.kind, one.fd, self.version)
      end_of(s)
      local address, port = select(3, lib.core.sock_peer(s.fd))
      if port then s.remote = { address, port } end
      list[i] = s
    end
  end
end

-- Bytes of one recv call, at most n, for scripts that look at them themselves. options: flags, once, control (make room for
-- what comes along: descriptors, credentials).
function Socket:receive(n, options)
  options = options or {}
  go_on(self, options.once)
  local line = lib.line()
  lib.check_keys("receive", options, { flags = 1, once = 1, control = 1 })
  local data, errno, more = receive(self, n or 65536, options)
  if more and more.passed then take_passed(self, more.passed) end
  finish(self, "recv()", data and #data or -1, errno, line).looked = true -- the script is given the errno itself
  if errno then return nil, errno end
  return data, nil, more
end

-- The first byte, from 1, in which they differ, or that only one of them has.
local function first_difference(a, b)
  local low, high = 0, math.min(#a, #b)
  while low < high do
    local middle = (low + high + 1) // 2
    if a:sub(1, middle) == b:sub(1, middle) then low = middle else high = middle - 1 end
  end
  return low + 1
end

-- So many bytes cross in one segment whatever buffers and windows there are.
local FITS = 1000

local function lucky_count(got)
  return #got > FITS and lib.lucky(tostring(#got), "some") or tostring(#got)
end

-- got: all of it so far; data, errno: what the last recv gave.
local function part(self, line, expected, got, why, data, errno)
  local status, reason, explanation =
    lib.core.judge_text("exactly", "what " .. self.name .. " received", expected, got)
  if status == "holds" then return end
  -- where in a long stream it parts is where some buffer was full
  if #expected > FITS then reason = lib.lucky(reason, string.format("what %s received is not what was expected", self.name)) end
  local at = first_difference(expected, got) - (#got - #(data or ""))
  local packet = (errno or data) and brought_by(self, data, errno, at > 0 and at or 1)
  lib.fail(line, why and string.format("%s: %s", self.name, why) or reason, explanation, { packet = packet or nil })
end

-- Exactly these bytes come next: a stream is read until as many are there, a datagram must be them.
function Socket:receives(expected, options)
  go_on(self)
  local line = lib.expectation()
  options = options or {}
  lib.check_keys("receives", options, { flags = 1 })
  local got = ""
  local stream = self.kind == "tcp" or self.kind == "unix"
  repeat
    local room = stream and #expected - #got or 65536
    local data, errno = receive(self, room, options)
    if errno == "EAGAIN" then
      part(self, line, expected, got, string.format("recv: %s of %d bytes within %g s", lucky_count(got), #expected, lib.deadline))
      lib.fail(line, string.format("%s: recv: no datagram within %g s; expected an empty one", self.name, lib.deadline))
    elseif errno then
      part(self, line, expected, got, string.format("recv = -1 %s after %s of %d bytes", errno, lucky_count(got), #expected), nil, errno)
      lib.fail(line, string.format("%s: recv = -1 %s; expected a datagram", self.name, errno))
    elseif data == "" and stream then
      part(self, line, expected, got, string.format("recv = 0 (end of stream) after %s of %d bytes", lucky_count(got), #expected), "")
    end
    got = got .. data
    if not stream or got ~= expected:sub(1, #got) then part(self, line, expected, got, nil, data) end
  until not stream or #got >= #expected
  finish(self, string.format("recv() %s", lib.quote(expected)), #got, nil, line)
  return self
end

-- The peer has ended its side: recv gives 0 and nothing before it.
function Socket:reads_eof()
  go_on(self)
  local line = lib.expectation()
  local data, errno = receive(self, 65536, {})
  if errno == "EAGAIN" then
    lib.fail(line, string.format("%s: no end of stream within %g s; expected recv = 0", self.name, lib.deadline))
  elseif errno then
    fail_at(self, line, string.format("%s: recv = -1 %s; expected the end of the stream (recv = 0)", self.name, errno), nil, errno)
  elseif #data > 0 then
    fail_at(self, line, string.format("%s: recv = %d %s; expected the end of the stream (recv = 0)", self.name, #data, lib.quote(data)), data)
  end
  finish(self, "recv()", 0, nil, line)
  return self
end

-- The connection was reset: recv gives ECONNRESET.
function Socket:reset()
  go_on(self)
  local line = lib.expectation()
  local data, errno = receive(self, 65536, {})
  if errno == "ECONNRESET" then
    finish(self, "recv()", -1, errno, line).looked = true
    return self
  end
  local seen = errno == "EAGAIN" and string.format("nothing within %g s", lib.deadline)
    or errno and "recv = -1 " .. errno or string.format("recv = %d %s", #data, lib.quote(data))
  fail_at(self, line, string.format("%s: %s; expected ECONNRESET", self.name, seen), data, errno)
end

-- Nothing can be read: no bytes, no end, once everything under way has arrived.
function Socket:reads_nothing()
  go_on(self)
  local line = lib.expectation()
  lib.rest(line)
  local data, errno = receive(self, 65536, { once = true })
  if errno == "EAGAIN" then
    finish(self, "recv()", -1, errno, line).looked = true
    return self
  end
  fail_at(self, line, string.format("%s: %s; expected nothing to read", self.name,
    errno and "recv = -1 " .. errno or string.format("recv = %d %s", #data, lib.quote(data))), data, errno)
end

function Socket:shutdown(how)
  go_on(self, true)
  local line = lib.line()
  local result, errno = lib.core.sock_shutdown(self.fd, how or "rdwr")
  finish_speaking(self, string.format("shutdown(%s)", how or "rdwr"), result, errno, line)
  return self
end

function Socket:close()
  local line = lib.line()
  -- a connect that was seen to be under way may be given up
  if rawget(self, "pending") and self.pending.looked then self.pending = nil end
  go_on(self)
  -- sending may have given it a port
  if self.kind == "udp" then end_of(self) end
  local result, errno = lib.core.sock_close(self.fd)
  self.closed = true
  finish_speaking(self, "close()", result, errno, line)
  return self
end

-- SO_LINGER: 0 makes close send RST; nil switches it off.
function Socket:linger(seconds)
  go_on(self)
  local line = lib.line()
  local result, errno = lib.core.sock_linger(self.fd, seconds or -1)
  finish_speaking(self, string.format("setsockopt(SO_LINGER, %s)", seconds and seconds .. " s" or "off"), result, errno, line)
  return self
end

-- Set an option, or with one argument look at it: t:expect(c:option "TCP_NODELAY"):is(1)
function Socket:option(name, value)
  go_on(self, true)
  local line = lib.line()
  if value == nil then
    return lib.observable(string.format("%s %s", self.name, name), function()
      local v, errno = lib.core.sock_option_get(self.fd, name)
      -- reading it takes the error away (socket(7)): what came of a connect was told to the script
      if name == "SO_ERROR" and v > 0 then self.pending = nil end
      return errno or v
    end)
  end
  if value == true then value = 1 elseif value == false then value = 0 end
  local result, errno = lib.core.sock_option_set(self.fd, name, value)
  finish_speaking(self, string.format("setsockopt(%s, %d)", name, value), result, errno, line)
  return self
end

local function name_call(self, call, f)
  go_on(self, true)
  local line = lib.line()
  local result, errno, address, port = f(self.fd)
  local shown = not errno and (port and string.format(address:find(":", 1, true) and "[%s]:%d" or "%s:%d", address, port) or address)
  finish(self, call, result, errno, line, shown or nil)
  return self
end

function Socket:getsockname()
  return name_call(self, "getsockname()", lib.core.sock_name)
end

function Socket:getpeername()
  return name_call(self, "getpeername()", lib.core.sock_peer)
end

-- Who connected, or who listened, at the other end of an AF_UNIX stream (SO_PEERCRED): { pid, uid, gid }.
function Socket:peer_credentials()
  go_on(self)
  local line = lib.line()
  local who, errno = lib.core.sock_peer_credentials(self.fd)
  finish(self, "getsockopt(SO_PEERCRED)", errno and -1 or 0, errno, line)
  return who
end

-- The port this socket has on its own side.
function Socket:port()
  end_of(self)
  return self.local_end and self.local_end[2]
end

-- Kernel state -------------------------------------------------------------------------------------------------------------

-- The kernel's row for this connection or listener: by both ends, since a socket in TIME_WAIT belongs to nobody.
-- AF_UNIX has no ends to tell a socket by: there the inode is asked for.
local function row_of(self, with_info)
  if rawget(self, "inode") then
    for _, row in ipairs(lib.core.host_sockets(self.host.index, "unix")) do
      if row.inode == self.inode then return row end
    end
    return nil
  end
  local l, r = rawget(self, "local_end"), rawget(self, "remote")
  if not l then return nil end
  local kind, part = self.kind == "udp" and "udp" or "tcp", r and "connections" or "all"
  for _, row in ipairs(lib.core.host_sockets(self.host.index, kind, part, with_info)) do
    if row.local_port == l[2] and (r and row.remote_port == r[2] and row.remote_address == r[1] or not r and row.remote_port == 0) then
      return row
    end
  end
end

local STATES = { ESTABLISHED = 1, SYN_SENT = 1, SYN_RECV = 1, FIN_WAIT1 = 1, FIN_WAIT2 = 1, TIME_WAIT = 1, CLOSE = 1,
  CLOSED = 1, CLOSE_WAIT = 1, LAST_ACK = 1, LISTEN = 1, CLOSING = 1 }

function lib.check_state(wanted, line)
  wanted = tostring(wanted):gsub("-", "_")
  if not STATES[wanted] then
    lib.misuse(line, string.format('no TCP state "%s"%s', wanted, lib.suggest(wanted, lib.names_of(STATES))))
  end
  return wanted
end

-- The kernel holds this socket in that state (RFC 9293 3.3.2; CLOSED: it has no row).
function Socket:state(wanted)
  local line = lib.expectation()
  wanted = lib.check_state(wanted, line)
  local seen
  local ok = lib.wait(function()
    local row = row_of(self)
    seen = row and row.state or "CLOSED"
    return seen == wanted or (wanted == "CLOSED" and seen == "CLOSE")
  end)
  lib.event("state", self.name, line, ok and wanted or seen)
  if ok then return self end
  lib.fail(line, string.format("%s is in %s; expected %s within %g s", self.name, seen, wanted, lib.deadline))
end

-- A listener: { waiting, limit }; a connection: { unread, unacknowledged } in bytes.
function Socket:queue()
  return lib.observable(self.name .. " queue", function()
    local row = row_of(self)
    if not row then return {} end
    if row.state == "LISTEN" then return { waiting = row.receive_queue, limit = row.send_queue } end
    return { unread = row.receive_queue, unacknowledged = row.send_queue }
  end)
end

-- poll(2): readable, writable, urgent, ended, hangup, error.
function Socket:poll()
  return lib.observable(self.name .. " poll", function() return lib.core.sock_poll(self.fd) end)
end

-- TCP_INFO: rto_us, rtt_us, snd_mss, retransmits, total_retransmitted, snd_cwnd, …
function Socket:info()
  return lib.observable(self.name .. " TCP_INFO", function()
    local row = row_of(self, true)
    return row and row.info or {}
  end)
end
