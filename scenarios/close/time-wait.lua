-- SPDX-License-Identifier: MIT
return scenario {
  title = "TIME_WAIT belongs to nobody, answers late segments, and gives way to a newer connection",
  why = [[
    Who closes first keeps a row without a descriptor, for the peer may repeat its FIN and old segments may still be about: they are
    acknowledged and change nothing. A SYN from the same address and port with newer numbers is no old segment; the waiting row makes room, and
    a server may take a client that comes back at once from its old port.
  ]],
  refs = { "RFC 9293, 3.6.1 and 3.10.7.4", "RFC 6191", "net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local c = t.client:socket("c"):bind(t.client:address(6001)):connect(l):connected()
    local s = l:accept "s"
    c:send "hello"
    s:receives "hello":close()
    c:reads_eof():close()
    s:state "TIME_WAIT"
    c:state "CLOSED"
    local found
    for _, row in ipairs(t.server:sockets():value()) do
      if row.state == "TIME_WAIT" then found = row end
    end
    t:expect(found):is { local_port = 6000, remote_port = 6001, inode = 0 }

    -- an old segment: acknowledged again, and nothing else
    local answers = t.wire:drop "server > client ."
    t.wire:inject { flow = c.flow, from = "client", flags = ".", seq = 1, payload = "hello" }
    t:expect(answers:acted()):is(1)
    -- so is an old SYN
    t.wire:inject { flow = c.flow, from = "client", flags = "S", seq = 0 }
    t:expect(answers:acted()):is(2)
    answers:off()
    s:state "TIME_WAIT"
    t:expect(l:queue()):is { waiting = 0 }

    local again = t.client:socket("again"):bind(t.client:address(6001)):connect(l):connected()
    t:expect(t.server:count "TIME_WAIT"):is(0)
    again:send "it is me again"
    l:accept("s2"):receives "it is me again"
    c.flow:never "R"
  end,
}
