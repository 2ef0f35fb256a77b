-- SPDX-License-Identifier: MIT
local function message(text)
  return string.pack(">s4", text)
end

-- how the bytes of three messages come: in one piece, byte by byte, cut where it hurts
local pieces = {
  together = function(t, c, bytes) c:send(bytes) end,
  ["byte by byte"] = function(t, c, bytes)
    for b in bytes:gmatch "." do
      c:send(b)
      t.wire:idle()
    end
  end,
  ["across borders"] = function(t, c, bytes)
    c:send(bytes:sub(1, 6))
    t.wire:idle()
    c:send(bytes:sub(7, 11))
    t.wire:idle()
    c:send(bytes:sub(12))
  end,
}

return scenario {
  title = "Messages are told apart by their lengths, however their bytes come",
  why = [[
    A stream of AF_UNIX has no more borders than one of TCP: one recv may give half a length, or two messages and a
    half. Who reads in loops, as many bytes as the length says, prints each message once, whole. The text may hold any
    byte, NUL too: its length is known, and strlen has nothing to say.
  ]],
  refs = { "unix(7)", "recv(2)" },
  contract = "unix-messages",
  world = "loop",
  matrix = { pieces = { "together", "byte by byte", "across borders" } },
  run = function(t)
    local srv = t:start { role = "server" }
    local c = t.client:socket("c", "unix"):connect(srv):connected()
    srv:stdout():exactly { [[hola mundo]], [[]], [[a\x00b\x0a\x5c\xff]], [[from another]] }
    pieces[t.p.pieces](t, c, message "hola mundo" .. message "" .. message "a\0b\n\\\xff")
    srv:stdout():line "hola mundo"
    srv:stdout():line [[a\x00b\x0a\x5c\xff]]

    -- who comes meanwhile waits; it is its turn when the first has ended
    local d = t.client:socket("d", "unix"):connect(srv):connected():send(message "from another")
    srv:runs():sleeps()
    t:expect(srv:queue()):is { waiting = 1, limit = 5 }
    c:close()
    srv:stdout():line "from another"
    d:shutdown "wr":reads_eof():close()
    t:expect(srv:open_sockets()):is(1)
    srv:runs():sleeps()
    srv:stderr():exactly ""
  end,
}
