-- SPDX-License-Identifier: MIT
return scenario {
  title = "The table says what ss says",
  why = [[
    ss asks the same kernel about the same moment: nothing moves between the two. Its first three columns are the state, Recv-Q and
    Send-Q, then come both ends; -H leaves its head out, -n the names of services. For a listener its Send-Q is the
    backlog, which /proc does not have.
  ]],
  refs = { "ss(8)" },
  contract = "socket-table",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire", "program:ss" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):connect(l):connected():send "unread"
    local s = l:accept "s"
    t.client:socket("d"):connect(l):connected():send "not even accepted"
    t.client:socket("gone"):connect(l):connected():close()
    t.wire:idle()
    t.wire:hold("src port " .. c:port())
    s:send(t:bytes(1000))
    t:given(function() t:expect(s:queue()):is { unread = 6, unacknowledged = 1000 } end)

    local lister = t:start()
    local rows = {}
    local established = t.server:run { "ss", "-Htn", "state", "established", name = "ss-established" }
    t:given(function() established:exits(0) end)
    for line in established:stdout():text():gmatch "[^\n]+" do
      local unread, unacknowledged, here, there = line:match "^(%d+)%s+(%d+)%s+(%S+)%s+(%S+)"
      rows[#rows + 1] = ("ESTABLISHED %s %s unread %s unacknowledged %s"):format(here, there, unread, unacknowledged)
    end
    local listening = t.server:run { "ss", "-Hltn", name = "ss-listening" }
    t:given(function() listening:exits(0) end)
    for line in listening:stdout():text():gmatch "[^\n]+" do
      local waiting, here = line:match "^LISTEN%s+(%d+)%s+%d+%s+(%S+)"
      rows[#rows + 1] = ("LISTEN %s waiting %s"):format(here, waiting)
    end
    table.sort(rows)
    t:given(function() t:expect(#rows):is(3) end)
    for _, row in ipairs(rows) do lister:stdout():line(row) end
    lister:stdout():exactly(rows)
  end,
}
