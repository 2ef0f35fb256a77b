-- SPDX-License-Identifier: MIT
-- sockproof.lua - what sockproof wrote beside the packets, as fields for Wireshark's and tshark's display filters
--
--   tshark -X lua_script:captures/sockproof.lua -r capture.pcapng -Y sockproof.failed
--   wireshark -X lua_script:captures/sockproof.lua timeline.pcapng
--
-- Or put it into Wireshark's plugin folder (Help, About, Folders: Personal Lua Plugins). docs/captures.md lists the fields.
-- Packets have `key=value` lines in their comments; in timeline.pcapng all else is a systemd journal entry. Read with Wireshark 4.0.
local proto = Proto("sockproof", "sockproof")

local text = {
  from = "From", to = "To", step = "Step", fate = "Fate", cause = "Cause", failed = "Failed expectation",
  expected = "Expected in its place", seen_on = "Seen on", unmatched = "Unmatched", kind = "Kind", who = "Who", text = "Text",
}
local number = { line = "Line of the scenario", failed_line = "Line of the expectation", pattern_line = "Line of the pattern" }

local field = { packet = ProtoField.uint64("sockproof.packet", "Packet", base.DEC, nil, nil, "frame number in capture.pcapng") }
for key, words in pairs(text) do field[key] = ProtoField.string("sockproof." .. key, words) end
for key, words in pairs(number) do field[key] = ProtoField.uint32("sockproof." .. key, words) end
for _, f in pairs(field) do proto.fields[#proto.fields + 1] = f end

local part = ProtoExpert.new("sockproof.part", "Evidence and expectation part here", expert.group.COMMENTS_GROUP, expert.severity.ERROR)
local fate = ProtoExpert.new("sockproof.not_delivered", "The wire did not deliver it", expert.group.COMMENTS_GROUP, expert.severity.NOTE)
proto.experts = { part, fate }

local comment, packet_id = Field.new("frame.comment"), Field.new("frame.packet_id")
local message, transport = Field.new("systemd_journal.message"), Field.new("systemd_journal.transport")
local syslog_id, code_line = Field.new("systemd_journal.syslog_id"), Field.new("systemd_journal.code_line")
local field_name = Field.new("systemd_journal.field.name")

local function add(tree, key, value)
  if value == nil or not field[key] then return end
  if number[key] then value = tonumber(value) end
  if value then tree:add(field[key], value):set_generated() end
end

-- The `key=value` lines of the packet's comments, in their order. Nil when they are not sockproof's: ids and comments others have too,
-- but every packet of capture.pcapng and timeline.pcapng says its fate, and every one of taps.pcapng who saw it.
local function said_of_packet()
  local lines, has = {}, {}
  for _, c in ipairs { comment() } do
    for line in tostring(c.value):gmatch "[^\n]+" do
      local key, value = line:match "^([%a_]+)=(.*)$"
      if key then
        lines[#lines + 1] = { key = key, value = value }
        has[key] = true
      end
    end
  end
  if packet_id() and (has.from and has.to and has.fate or has.seen_on) then return lines end
end

local function add_packet(tree, lines)
  add(tree, "kind", "packet")
  add(tree, "packet", packet_id().value)
  for _, said in ipairs(lines) do
    add(tree, said.key, said.value)
    if said.key == "failed" then tree:add_proto_expert_info(part, said.value) end
    if said.key == "fate" and said.value ~= "delivered" then tree:add_proto_expert_info(fate, "fate: " .. said.value) end
  end
end

-- Journals are everybody's; each entry of ours has this field.
local function is_our_entry()
  for _, name in ipairs { field_name() } do
    if tostring(name.value) == "SOCKPROOF_KIND" then return true end
  end
  return false
end

local function add_entry(tree, kind)
  local who, line = syslog_id(), code_line()
  local said = message()
  add(tree, "kind", kind)
  add(tree, "who", who and tostring(who.value))
  add(tree, "line", line and line.value)
  add(tree, "text", said and tostring(said.value))
end

function proto.dissector(tvb, pinfo, root)
  local entry = is_our_entry() and transport()
  local packet = not entry and said_of_packet()
  if not entry and not packet then return end -- of somebody else's capture
  local tree = root:add(proto):set_generated()
  if entry then add_entry(tree, tostring(entry.value)) else add_packet(tree, packet) end
end

register_postdissector(proto)
