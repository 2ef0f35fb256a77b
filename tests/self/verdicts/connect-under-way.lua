-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "calls while a connect is under way",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    t.wire:hold "client > server S"
    local c = t.client:socket("c"):connect(l):fails "EINPROGRESS"
    c:connect(l):fails "EALREADY"
    c:connecting():connect(l):fails "EALREADY"
    c:getpeername():fails "ENOTCONN"
    t:expect(c:option "SO_ERROR"):is(0)
    local d = t.client:socket("d"):connect(l):connecting()
    t.wire:release()
    -- the second call is told that the first succeeded, the third that there is a connection
    c:connected():connect(l):returns(0)
    c:connect(l):fails "EISCONN"
    d:state "ESTABLISHED":connect(l):returns(0)
    d:connect(l):fails "EISCONN"
    c:state "ESTABLISHED"
    local e = t.client:socket("e"):connect(t.server:address(6001)):fails "EINPROGRESS"
    t:expect(e:option "SO_ERROR"):is(111)
    t:expect(e:option "SO_ERROR"):is(0)
  end,
}
