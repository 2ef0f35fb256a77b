-- SPDX-License-Identifier: MIT
return scenario {
  title = "TCP_CORK and MSG_MORE hold a part of a segment back until the rest comes",
  why = [[
    A head and a body that two calls send should leave in one segment. TCP_CORK keeps what does not fill one until it is taken off; MSG_MORE
    does it for one call, and the call without it lets all go. Both beat TCP_NODELAY. A byte before them is left unacknowledged: as long
    as something is, the kernel's limit of 200 ms for corked bytes does not run. MSG_EOR changes nothing: TCP has no records.
  ]],
  refs = { "tcp(7): TCP_CORK", "send(2): MSG_MORE, MSG_EOR" },
  matrix = { family = { "ipv4", "ipv6" }, by = { "TCP_CORK", "MSG_MORE", "MSG_EOR" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(5)
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(l):connected()
    local s = l:accept "s"
    local acks = t.p.by ~= "MSG_EOR" and t.wire:hold "server > client"
    c:send "first,"
    if t.p.by == "TCP_CORK" then
      c:option("TCP_CORK", 1):send "head,":send "body"
    elseif t.p.by == "MSG_MORE" then
      c:send("head,", { flags = { "MORE" } })
    else
      c:send("head,", { flags = { "EOR" } }):send("body", { flags = { "EOR" } })
    end
    if acks then
      t.wire:idle()
      t:expect(s:queue():value().unread):is(6)
      if t.p.by == "TCP_CORK" then c:option("TCP_CORK", 0) else c:send "body" end
      acks:off():release()
    end
    t:expect(s:queue()):is { unread = 15 }
    if t.p.by == "MSG_EOR" then
      c.flow:first 'client > server "head," len 5'
    else
      c.flow:first 'client > server "head,body" len 9'
      c.flow:never 'client > server "head," len 5'
    end
    local all = s:receive(100)
    t:expect(all):is "first,head,body"
  end,
}
