-- SPDX-License-Identifier: MIT
local longest = 65536

local function header(n)
  return string.pack(">I4", n)
end

local clients = {
  longest = function(t, c, srv)
    local text = ("x"):rep(longest - 1) .. "!"
    c:send(header(longest) .. text)
    srv:stdout():line(text)
    c:shutdown "wr":reads_eof()
  end,
  ["one too many"] = function(t, c, srv)
    c:send(header(longest + 1))
    c:reads_eof()
    srv:stderr():line "lost a client: too long"
  end,
  -- what is -1 to a signed reader is 4294967295 to this one
  ["minus one"] = function(t, c, srv)
    c:send "\xff\xff\xff\xff"
    c:reads_eof()
    srv:stderr():line "lost a client: too long"
  end,
  ["cut in the length"] = function(t, c, srv)
    c:send "\0\0":close()
    srv:stderr():line "lost a client: cut short"
  end,
  ["cut in the text"] = function(t, c, srv)
    c:send(header(10) .. "only nine"):close()
    srv:stderr():line "lost a client: cut short"
  end,
  ["cut before the text"] = function(t, c, srv)
    c:send(header(10)):close()
    srv:stderr():line "lost a client: cut short"
  end,
  ["nothing at all"] = function(t, c) c:close() end,
}

return scenario {
  title = "A length is a claim: too large a one, or one that is not kept, costs its client, nobody else",
  why = [[
    Whoever believes the length lets strangers choose how much memory it takes and how far it writes. The largest that
    is allowed must pass; one more must be refused before a byte of it is read. -1 is the largest of all unless
    somebody made it signed. A client that ends in the middle leaves nothing to print. Each time the next client must
    be served.
  ]],
  refs = { "recv(2)", "CWE-789", "CWE-195" },
  contract = "unix-messages",
  world = "loop",
  matrix = { client = { "longest", "one too many", "minus one", "cut in the length", "cut in the text", "cut before the text", "nothing at all" } },
  run = function(t)
    local srv = t:start { role = "server" }
    clients[t.p.client](t, t.client:socket("c", "unix"):connect(srv):connected(), srv)
    srv:runs():sleeps()
    t.client:socket("next", "unix"):connect(srv):connected():send(header(4) .. "next"):shutdown "wr":reads_eof()
    srv:stdout():line "next"
    srv:stdout():never "nine"
    srv:runs():sleeps()
    t:expect(srv:open_sockets()):is(1)
  end,
}
