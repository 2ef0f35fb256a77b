-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix control",
  world = "loop",
  run = function(t)
    local l = t.server:socket("l", "unix"):bind "@control":listen(1)
    local c = t.client:socket("c", "unix"):connect(l):connected()
    local s = l:accept "s":option("SO_PASSCRED", 1)
    local tcp = t.server:socket("tcp"):bind(t.server:address(6000)):listen(1)
    local letters = t.server:socket("letters", "unix-dgram"):bind "@letters of control"
    c:send("!", { pass = { tcp, letters } })
    tcp:close()
    local bytes, errno, more = s:receive(10, { control = true })
    t:expect(bytes):is "!"
    t:expect(errno):is(nil)
    t:expect(more.lost):is(false)
    t:expect(#more.passed):is(2)
    t:expect(more.credentials.pid == s:peer_credentials().pid):is(true)
    local listener = more.passed[1]
    listener:state "LISTEN":getsockname():returns "127.0.0.1:6000"
    t.client:socket("late"):connect(t.server:address(6000)):connected():send "to whom?"
    listener:accept "heir":receives "to whom?"
    t.client:socket("d", "unix-dgram"):send("one letter, two readers", { to = letters })
    more.passed[2]:receives "one letter, two readers"

    -- without room for it the kernel closes it again, and says so
    c:send("?", { pass = { l } })
    local _, _, poor = s:receive(10)
    t:expect(poor.lost):is(true)
    t:expect(poor.passed):is(nil)
  end,
}
