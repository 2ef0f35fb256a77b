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
  expected = "Expected in its place", unmatched = "Unmatched", kind = "Kind", who = "Who", text = "Text",
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

local function add(tree, key, value)
  if value == nil or not field[key] then return end
  if number[key] then value = tonumber(value) end
  if value then tree:add(field[key], value):set_generated() end
end

local function add_packet(tree)
  local id = packet_id()
  add(tree, "kind", "packet")
  if id then add(tree, "packet", id.value) end
  for _, c in ipairs { comment() } do
    for key, value in tostring(c.value):gmatch "([%a_]+)=([^\n]*)" do
      add(tree, key, value)
      if key == "failed" then tree:add_proto_expert_info(part, value) end
      if key == "fate" and value ~= "delivered" then tree:add_proto_expert_info(fate, "fate: " .. value) end
    end
  end
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
  local entry = transport()
  if not entry and not packet_id() then return end -- of somebody else's capture
  local tree = root:add(proto):set_generated()
  if entry then add_entry(tree, tostring(entry.value)) else add_packet(tree) end
end

register_postdissector(proto)
