-- SPDX-License-Identifier: MIT
-- flow.lua - a conversation on the link: shape, exactly, never, count, first, bytes
local lib = ...
local Flow = lib.class "flow"
local Packet = lib.class "packet"

-- find(): index of the flow in the evidence, or nil as long as no packet of it was seen. port: the one it goes to, where that is what it is found by.
function lib.flow(what, find, port)
  return setmetatable({ what = what, find = find, flow_index = nil, to_port = port }, Flow)
end

-- A program that says nothing at all and one that says it to another port are not alike.
local function unseen(self)
  local port = rawget(self, "to_port")
  local other = port and lib.swapped(port)
  return string.format("%s: no packet was seen%s", self.what, other and other ~= port and lib.core.flow_on(other, 1)
    and string.format("; there are some to port %d (%d with its two bytes swapped: htons(3) is missing)", other, port) or "")
end

local function index_of(self)
  if rawget(self, "flow_index") == nil then self.flow_index = self.find() end
  return rawget(self, "flow_index")
end

-- Where in the script the line of a pattern stands: long brackets begin on the line of the call or behind it.
local function script_line(line, text, pattern_line)
  local n = 0
  for words in (text .. "\n"):gmatch("(.-)\n") do
    n = n + 1
    if n == pattern_line then
      local trimmed = words:match("^%s*(.-)%s*$")
      for at = line, math.min(line + n + 1, #lib.lines) do
        if trimmed ~= "" and lib.lines[at]:find(trimmed, 1, true) then return at end
      end
    end
  end
  return line
end

local function compile(text, line)
  local pattern, message = lib.core.pattern(text)
  if pattern then return pattern end
  local at, rest = message:match("^line (%d+), (.*)$")
  if at then lib.misuse(script_line(line, text, tonumber(at)), "pattern: " .. rest) end
  lib.misuse(line, "pattern: " .. message)
end

local function defer_pattern(self, rule, text)
  local line = lib.line()
  local pattern = compile(text, line)
  local lines = lib.core.pattern_lines(pattern)
  lib.expectation(script_line(line, text, lines[#lines].number))
  lib.patterns[#lib.patterns + 1] = { lines = lines, flow = function() return index_of(self) end }
  local entry
  lib.defer(string.format("%s %s", self.what, rule), function(final)
    local index = index_of(self)
    if not index then return "not yet", unseen(self) end
    local status, reason, explanation, packet, pattern_line = lib.core.judge_pattern(rule, index, pattern)
    if status ~= "holds" and final and pattern_line > 0 then
      entry.line = script_line(line, text, pattern_line)
    end
    return status, reason and string.format("%s: %s", self.what, reason), explanation, packet, pattern_line
  end, line)
  entry = lib.deferred[#lib.deferred]
  local judge = entry.judge
  entry.judge = function(final) return judge(final) end
  return self
end

-- Every line in its own order per direction; pure ACKs, window updates and retransmissions may come unnamed.
function Flow:shape(text)
  return defer_pattern(self, "shape", text)
end

-- Every packet, in this order.
function Flow:exactly(text)
  return defer_pattern(self, "exactly", text)
end

-- A filter about hosts that are no sides of the flow fits none of its packets: that none came would say nothing.
local function check_hosts(self, text, index, line)
  local info = lib.core.flow_info(index)
  local from, to = text:match "^%s*(%S+)%s*>%s*(%S+)"
  if not from or info[1].host == info[2].host then return end
  local function is_side(name) return name == info[1].host or name == info[2].host end
  -- an ICMP error may come from somebody on the way
  local stranger = not is_side(to) and to or not is_side(from) and not text:find "icmp" and from
  if stranger then
    lib.misuse(line, string.format("%s is between %s and %s: %s has no packet in it", self.what, info[1].host, info[2].host, stranger))
  end
end

-- No packet of the flow, from first to last, fits the filter.
function Flow:never(text)
  local line = lib.expectation()
  local filter = lib.core.filter(text)
  lib.defer(string.format("%s never %s", self.what, text), function()
    local index = index_of(self)
    if not index then return "not yet", unseen(self) .. ": there is nothing that could be said never to come" end
    check_hosts(self, text, index, line)
    local status, reason, explanation, packet = lib.core.judge_never(index, filter)
    return status, reason and string.format("%s: %s", self.what, reason), explanation, packet
  end, line)
  return self
end

-- n packets of the flow fit; n may be { min = a, max = b }.
function Flow:count(text, n)
  local line = lib.expectation()
  if type(n) ~= "number" and type(n) ~= "table" then
    lib.misuse(line, 'count takes a filter and a number: flow:count("S", 1), or { min = 1, max = 3 }')
  end
  local range = type(n) == "table" and n or { min = n, max = n }
  lib.check_keys("count", range, { min = 1, max = 1, repeats = 1 })
  local min, max = range.min or 0, range.max or math.maxinteger
  if min > max then lib.misuse(line, string.format("count: min %d is above max %d", min, max)) end
  local filter = lib.core.filter(text)
  lib.defer(string.format("%s count %s is %s", self.what, text, lib.show(n)), function()
    local index = index_of(self)
    if not index then return "not yet", unseen(self) end
    check_hosts(self, text, index, line)
    local status, reason, explanation, packet = lib.core.judge_count(index, filter, min, max, range.repeats)
    return status, reason and string.format("%s: %s", self.what, reason), explanation, packet
  end, line)
  return self
end

-- Wait for the nth packet that fits; the packet, for t:order and its fields.
function Flow:first(text, nth)
  local line = lib.expectation()
  local filter = lib.core.filter(text)
  local number = lib.wait(function()
    local index = index_of(self)
    return index and lib.core.judge_first(index, filter, nth or 1)
  end)
  lib.step("flow", line, string.format("%s first %s", self.what, text), not number)
  if not number then
    lib.fail(line, string.format("%s: no packet %s within %g s", self.what, text, lib.deadline))
  end
  return setmetatable({ number = number, name = text, index = lib.core.event_of_packet(number) }, Packet)
end

-- ns on the case's clock, by the sending kernel where it is known
function Packet:time()
  return lib.core.packet_time(self.number)
end

local function side_of(self, direction)
  local from = direction:match("^%s*(%S+)%s*>") or direction
  local index = index_of(self)
  if not index then return nil end
  local info = lib.core.flow_info(index)
  local loop = info[1].host == info[2].host
  for i = 1, 2 do
    if (loop and from == lib.host_names[i]) or (not loop and info[i].host == from) then return i, info[i], index end
  end
  lib.misuse(nil, string.format('"%s" is no side of %s; write "%s > %s"', direction, self.what, info[1].host, info[2].host))
end

-- How many payload bytes that side sent, each counted once: bytes "server > client".
function Flow:bytes(direction)
  return lib.observable(string.format("%s bytes %s", self.what, direction), function()
    local _, side = side_of(self, direction)
    return side and side.bytes or 0
  end)
end

-- The bytes themselves.
function Flow:stream(direction)
  local i, _, index = side_of(self, direction)
  return i and lib.core.flow_stream(index, i) or ""
end

-- "open", "closed", "reset", "refused"
function Flow:ended()
  return lib.observable(self.what .. " ended", function()
    local index = index_of(self)
    return index and lib.core.flow_info(index).ended or "unseen"
  end)
end

-- How long the handshake's first half took: from the SYN to the SYN-ACK, ns, by the kernels' own times; nil before.
function Flow:rtt()
  return lib.observable(self.what .. " rtt", function()
    local index = index_of(self)
    if not index then return nil end
    local syn = lib.core.judge_first(index, lib.core.filter "S", 1)
    local answer = lib.core.judge_first(index, lib.core.filter "S.", 1)
    return syn and answer and lib.core.packet_time(answer) - lib.core.packet_time(syn)
  end)
end

-- Both sides as the wire knows them (numbers relative, isn absolute), for wire:inject.
function Flow:_info(line)
  local index = index_of(self)
  if not index then lib.misuse(line, self.what .. ": no packet was seen yet; wait for one first") end
  return lib.core.flow_info(index)
end
