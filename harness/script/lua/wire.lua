-- SPDX-License-Identifier: MIT
-- wire.lua - what a script does to the link: gates, cut, inject, idle
local lib = ...
local Wire = lib.class "wire"
local Gate = lib.class "gate"

function lib.new_wire()
  return setmetatable({ gates = {} }, Wire)
end

local function need_wire(line)
  if not lib.core.has_wire then
    lib.skip(line, lib.world == "loop" and "a loop world has no wire" or "gates need /dev/net/tun; sockproof doctor says how to get it")
  end
end

-- What each gate reads beside what all do: a key that means nothing to it would be passed over in silence.
local OWN_KEYS = { hold = { "repeats" }, delay = { "by" }, duplicate = { "copies" }, corrupt = { "byte", "flip", "mend" } }

local function check_gate(action, spec, line)
  local keys = { optional = 1, [1] = 1, filter = 1, nth = 1, times = 1 }
  for _, key in ipairs(OWN_KEYS[action] or {}) do keys[key] = 1 end
  lib.check_keys(action, spec, keys, line)
  if action == "delay" and not spec.by then lib.misuse(line, 'delay wants a time: t.wire:delay { "client > server S", by = "40ms" }') end
end

local function gate(self, action, spec)
  local line = lib.line()
  need_wire(line)
  if type(spec) ~= "table" then spec = { spec } end
  check_gate(action, spec, line)
  for _, key in ipairs { "nth", "times", "copies" } do
    if spec[key] and (math.type(spec[key]) ~= "integer" or spec[key] < 1) then
      lib.misuse(line, string.format("%s = %s: a whole number from 1 on is wanted", key, lib.show(spec[key])))
    end
  end
  local handle = lib.core.gate { action = action, filter = spec.filter or spec[1], line = line, nth = spec.nth, times = spec.times,
    delay = spec.by and lib.nanoseconds(spec.by, line), copies = spec.copies, byte = spec.byte, flip = spec.flip, mend = spec.mend,
    repeats = spec.repeats }
  lib.step("wire", line, string.format("%s %s", action, spec.filter or spec[1] or "everything"), false)
  local g = setmetatable({ handle = handle, action = action, wire = self, line = line, optional = spec.optional or false }, Gate)
  self.gates[#self.gates + 1] = g
  return g
end

-- Keep what fits until release(); what says again what is kept is dropped, unless repeats = true. Each returns a gate: release(n), off(), held(), acted().
function Wire:hold(spec) return gate(self, "hold", spec) end
function Wire:drop(spec) return gate(self, "drop", spec) end
function Wire:delay(spec) return gate(self, "delay", spec) end
function Wire:duplicate(spec) return gate(self, "duplicate", spec) end
function Wire:reorder(spec) return gate(self, "reorder", spec) end
function Wire:corrupt(spec) return gate(self, "corrupt", spec) end

-- Let everything out that any hold keeps, oldest first, and hold no more.
function Wire:release()
  local line = lib.line()
  need_wire(line)
  lib.begin_step("wire", line, "release")
  for _, g in ipairs(self.gates) do
    if g.action == "hold" then
      lib.core.gate_open(g.handle)
      lib.core.gate_release(g.handle, 0)
    end
  end
  lib.core.carry()
  lib.step("wire", line, "release", false)
  return self
end

-- From now on nothing crosses; or, cut { from = "server", after = 1000 }, as soon as that many payload bytes of that host have.
function Wire:cut(spec)
  local line = lib.line()
  need_wire(line)
  spec = spec or {}
  lib.check_keys("cut", spec, { from = 1, after = 1 })
  if spec.after and not spec.from then lib.misuse(line, 'cut { after = n } wants from = "server": whose bytes are counted') end
  local from = spec.from and lib.host_index(spec.from, line) or -1
  if spec.after == 0 then spec.after = nil end
  lib.core.cut(from, spec.after or 0, line)
  lib.step("wire", line, "cut" .. (spec.after and string.format(" after %d bytes of %s", spec.after, spec.from) or ""), false)
  return self
end

-- Wait until the cut has happened. Set-up, as the cut is.
function Wire:is_cut()
  local line = lib.line()
  need_wire(line)
  if not lib.wait(lib.core.is_cut) then
    lib.fail(line, string.format("so many bytes did not cross within %g s: the wire was not cut", lib.deadline))
  end
  return self
end

function Wire:mend()
  local line = lib.line()
  need_wire(line)
  lib.core.mend(line)
  return self
end

-- Wait until nothing is under way on the link and every program sleeps: only timers could move anything now.
function Wire:idle()
  lib.rest(lib.line())
  return self
end

local INJECT = { flow = 1, from = 1, flags = 1, seq = 1, ack = 1, window = 1, payload = 1, raw = 1, icmp = 1, source = 1, destination = 1 }

local function both_sides(spec, line)
  if not spec.flow or not spec.from then
    lib.misuse(line, 'inject wants flow = c.flow and from = "client" or "server", or source and destination')
  end
  local info = spec.flow:_info(line)
  for i = 1, 2 do
    if info[i].host == spec.from then return info, info[i], info[3 - i] end
  end
  return info
end

local function absolute(relative, side)
  return (side.isn + relative) & 0xffffffff
end

-- A segment of one side of a flow.
local function of_flow(spec, line)
  local info, me, peer = both_sides(spec, line)
  if not me then lib.misuse(line, string.format('%s is no side of that flow', lib.show(spec.from))) end
  local fields = { source = me.address, source_port = me.port, destination = peer.address, destination_port = peer.port }
  if info.protocol == "tcp" then
    fields.flags = spec.flags or lib.misuse(line, 'inject into TCP wants flags = "R." or such')
    -- a reset counts only at the very number that its receiver waits for (RFC 5961, 3.2): what was sent may not have arrived
    local next = spec.flags:find "R" and peer.acked > 0 and peer.acked or me.next
    fields.seq = absolute(spec.seq or next, me)
    fields.ack = absolute(spec.ack or peer.next, peer)
  end
  return fields
end

-- What `from`, a side or a host on the way, says of the oldest segment that the other side (or the opener) has under way.
local function of_error(spec, line)
  local info, me, peer = both_sides(spec, line)
  me, peer = me or info[2], peer or info[1]
  local tcp = info.protocol == "tcp"
  local host = lib.host_index(spec.from, line)
  return { icmp = spec.icmp, from = lib.core.host_address(host, me.address:find(":", 1, true) and 6 or 4),
    source = peer.address, source_port = peer.port, destination = me.address, destination_port = me.port,
    flags = tcp and "." or nil, seq = tcp and absolute(spec.seq or me.acked, peer) or nil }
end

-- Of no flow: whatever addresses the script says, numbers as they are.
local function of_strangers(spec, line)
  local from = lib.address(spec.source or lib.misuse(line, "inject wants source and destination"), { kind = "udp" }, line)
  local to = lib.address(spec.destination or lib.misuse(line, "inject wants source and destination"), { kind = "udp" }, line)
  return { source = from.address, source_port = from.port, destination = to.address, destination_port = to.port,
    flags = spec.flags, seq = spec.seq, ack = spec.ack }
end

-- Put a crafted segment on the link: inject { flow = c.flow, from = "server", flags = "R.", seq = 1, payload = "…" }. seq and ack are relative;
-- left out, they are what that side would send next (a reset: what the other side has acknowledged). icmp = "unreachable host" in place of
-- flags: an error about the other side. source = address, destination = address in place of flow and from: a stranger's packet.
-- inject { raw = bytes }: a whole datagram.
function Wire:inject(spec)
  local line = lib.line()
  need_wire(line)
  lib.check_keys("inject", spec, INJECT)
  lib.injected = lib.injected or line
  local fields
  if spec.raw then
    fields = { raw = spec.raw }
  elseif spec.source or spec.destination then
    fields = of_strangers(spec, line)
  else
    fields = (spec.icmp and of_error or of_flow)(spec, line)
  end
  local words = spec.raw and "inject raw" or string.format("inject %s from %s", spec.icmp or spec.flags or "udp", spec.from or fields.source or "?")
  lib.begin_step("wire", line, words)
  lib.step("wire", line, words, false)
  fields.cause, fields.payload, fields.window = "line " .. line, spec.payload, spec.window
  lib.core.inject(fields)
  lib.core.carry()
  return self
end

-- Let out what this gate holds: n packets, as soon as it holds so many (left out: all that it holds now). Returns the gate; it goes on
-- holding what comes later.
function Gate:release(n)
  local line = lib.line()
  local words = "release of a " .. self.action
  local held
  local enough = lib.wait(function()
    held = lib.core.gate_counts(self.handle)
    return held >= (n or 0)
  end)
  if not enough then lib.fail(line, string.format("%d of the %d packets to release were there within %g s", held, n, lib.deadline)) end
  lib.begin_step("wire", line, words)
  lib.core.gate_release(self.handle, n or 0)
  lib.core.carry()
  lib.step("wire", line, words, false)
  return self
end

-- Act on nothing any more; what is held stays held until release().
function Gate:off()
  lib.core.gate_open(self.handle)
  return self
end

function Gate:held()
  return lib.observable("packets held", function() return (lib.core.gate_counts(self.handle)) end)
end

function Gate:acted()
  return lib.observable(self.action .. " acted on", function() return (select(3, lib.core.gate_counts(self.handle))) end)
end
