-- SPDX-License-Identifier: MIT
return scenario {
  title = "A lost datagram is nobody's business but the program's",
  why = [[
    Neither kernel notices that a datagram is gone, and nothing is sent again: who wants an answer must stop waiting for it
    some day. A client that waits without a limit hangs for ever on the first loss. One that waits a given time says so
    and goes on, whether it was the question that was lost or the answer, or whether that is only late.
  ]],
  refs = { "udp(7)", "poll(2)", "RFC 1122, 4.1.1" },
  contract = "udp-echo",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, lost = { "question", "answer", "damaged", "late" } },
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(8888))
    local client = t:start { role = "client", address = t.server:address(8888).address, port = 8888, timeout = 40 }
    local gate
    if t.p.lost == "question" then
      gate = t.wire:drop { "client > server udp", nth = 1 }
    elseif t.p.lost == "answer" then
      gate = t.wire:drop { "server > client udp", nth = 1 }
    elseif t.p.lost == "damaged" then -- the checksum is wrong: the receiving kernel throws it away
      gate = t.wire:corrupt { "server > client udp", nth = 1 }
    else
      gate = t.wire:hold { "server > client udp", nth = 1 }
    end
    client:stdin "first"
    if t.p.lost ~= "question" then
      local bytes, _, more = s:receive()
      t:expect(bytes):is "first"
      s:send(bytes, { to = more.from })
    end
    client:stdout():line "no answer within 40 ms"
    s:reads_nothing()
    if t.p.lost == "late" then
      gate:release()
      t.wire:idle()
    end

    -- it goes on, and what comes late is no answer to what is asked now
    client:stdin "second"
    s:receives "second"
    client:close_stdin():exits(3)
    local none = "no answer within 40 ms"
    client:stdout():exactly(t.p.lost == "late" and { none, "stale: first", none } or { none, none })
    t:flow(8888):count("client > server udp", 2)
  end,
}
