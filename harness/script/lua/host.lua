-- SPDX-License-Identifier: MIT
-- host.lua - a host: addresses, sockets, programs, sysctls, files, the kernel's table
local lib = ...
local Host = lib.class "host"

function lib.new_host(index, name)
  return setmetatable({ index = index, name = name }, Host)
end

function Host:_address(version)
  version = version or lib.version
  local text = lib.core.host_address(self.index, version)
  if not text then lib.misuse(nil, string.format("%s has no IPv%d address", self.name, version)) end
  return text
end

-- Its address in the case's family and a port, for connect and bind. family: "ipv4" or "ipv6" when another is wanted.
function Host:address(port, family)
  if type(port) ~= "number" then lib.misuse(nil, "address takes a port: t.server:address(6000)") end
  return { address = self:_address(family and lib.family_version(family)), port = port }
end

-- One more address on its interface.
function Host:add_address(address, prefix)
  lib.core.host_add_address(self.index, address, prefix or (address:find(":", 1, true) and 64 or 24))
  lib.step(self.name, lib.line(), "address " .. address, false)
  return self
end

-- A scripted socket. kind: "tcp" (as when left out), "udp", "unix", "unix-dgram", "unix-seqpacket". family: as address().
function Host:socket(name, kind, family)
  kind = kind or "tcp"
  local line = lib.line()
  local kinds = { tcp = 1, udp = 1, unix = 1, ["unix-dgram"] = 1, ["unix-seqpacket"] = 1 }
  if type(name) ~= "string" then lib.misuse(line, 'a socket has a name: t.client:socket("c")') end
  if not kinds[kind] then lib.misuse(line, string.format('no kind of socket "%s"%s', kind, lib.suggest(kind, lib.names_of(kinds)))) end
  for _, s in ipairs(lib.sockets) do
    if s.name == name then lib.misuse(line, string.format('there is a socket "%s" already', name)) end
  end
  if kind:find "^unix" and lib.world ~= "loop" then
    lib.misuse(line, 'AF_UNIX sockets live in one host: write world = "loop" in the scenario')
  end
  local version = family and lib.family_version(family) or lib.version
  local fd = lib.core.sock_open(self.index, kind, version)
  lib.step(name, line, string.format("socket(%s) in %s", kind, self.name), false)
  return lib.new_socket(self, name, kind, fd, version)
end

-- Any program: host:run { "ncat", "-l", "5000", name = "listener" }, or host:run "ncat -l 5000".
function Host:run(what)
  local line = lib.line()
  local argv, options = {}, {}
  if type(what) == "string" then
    local message
    argv, message = lib.words(what)
    if not argv then lib.misuse(line, "run: " .. message) end
  elseif type(what) == "table" then
    for i, word in ipairs(what) do argv[i] = tostring(word) end
    for k, v in pairs(what) do
      if type(k) ~= "number" then options[k] = v end
    end
  end
  if #argv == 0 then lib.misuse(line, 'run takes a command: host:run { "ncat", "-l", "5000" }') end
  argv[1] = lib.find_program(argv[1])
  return lib.launch(self, argv, options, line)
end

-- Set a sysctl of this host; or with one argument look at it (a number when it is one).
function Host:sysctl(name, value)
  local line = lib.line()
  if value == nil then
    local text, errno, message = lib.core.host_sysctl_get(self.index, name)
    if not text then lib.skip(line, string.format("sysctl %s cannot be read here: %s %s", name, errno, message)) end
    return math.tointeger(text) or tonumber(text) or text
  end
  local errno, message = lib.core.host_sysctl_set(self.index, name, tostring(value))
  if errno == "EINVAL" then lib.misuse(line, message) end
  if errno == "ENOENT" then
    lib.misuse(line, message .. string.format('; where some kernels lack it write t:skip_unless "sysctl:%s" first', name))
  end
  if errno then lib.skip(line, string.format("sysctl %s cannot be set here: %s", name, message)) end
  lib.step(self.name, line, string.format("sysctl %s = %s", name, tostring(value)), false)
  return self
end

-- A time that this host's kernel has for a constant, in seconds: host:timer "TCP_RTO_MAX".
function Host:timer(name)
  return lib.kernel_constant(self.index, name, lib.line())
end

-- The kernel's socket table of this host: t:expect(host:sockets "tcp") …; rows as the kernel gives them.
function Host:sockets(kind)
  return lib.observable(self.name .. " sockets", function() return lib.core.host_sockets(self.index, kind or "tcp") end)
end

-- How many rows of TCP are in that state, TIME_WAIT and SYN_RECV included.
function Host:count(state)
  state = lib.check_state(state, lib.line())
  return lib.observable(string.format("%s sockets in %s", self.name, state), function()
    local n = 0
    for _, row in ipairs(lib.core.host_sockets(self.index, "tcp", state == "LISTEN" and "listeners" or "connections")) do
      if row.state == state then n = n + 1 end
    end
    return n
  end)
end

local function lines_of(t, between)
  local lines = {}
  for _, line in ipairs(t) do lines[#lines + 1] = line end
  for key, value in lib.sorted_pairs(t) do
    if type(key) == "string" then
      for _, v in ipairs(type(value) == "table" and value or { value }) do lines[#lines + 1] = between(key, v) end
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- /etc/hosts for programs of this host: hosts { ["example.test"] = "192.0.2.2", "a line as it is" }.
function Host:hosts(t)
  lib.core.host_file(self.index, "hosts", lines_of(t, function(name, address) return address .. "\t" .. name end))
  return self
end

-- /etc/services: services { "shop 4660/tcp store", … }; /etc/protocols: protocols { "tcp 6 TCP", … }. Programs that are started later read them.
function Host:services(t)
  lib.core.host_file(self.index, "services", lines_of(t, function(name, port) return name .. "\t" .. port end))
  return self
end

function Host:protocols(t)
  lib.core.host_file(self.index, "protocols", lines_of(t, function(name, number) return name .. "\t" .. number end))
  return self
end

-- /etc/resolv.conf: resolver { nameserver = "192.0.2.2", "options timeout:1" }.
function Host:resolver(t)
  lib.core.host_file(self.index, "resolver", lines_of(t, function(key, value) return key .. " " .. value end))
  return self
end
