-- SPDX-License-Identifier: MIT
return scenario {
  title = "Both sides close at once: the FINs cross",
  why = [[
    Both FINs are held on the wire until both have been sent, so neither side had seen the other's when it closed: each
    goes from FIN_WAIT1 to CLOSING, not to FIN_WAIT2, and both end in TIME_WAIT. Without the hold this
    happens about never; with it, every time.
  ]],
  refs = { "RFC 9293, 3.6, case 3, and figure 14" },
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    local ours = t.wire:hold { "client > server F", times = 1 }
    local theirs = t.wire:hold { "server > client F", times = 1 }
    local again = t.wire:drop { "F", optional = true } -- what is repeated while they wait
    c:shutdown "wr"
    s:shutdown "wr"
    t:expect(ours:held()):is(1)
    t:expect(theirs:held()):is(1)
    c:state "FIN_WAIT1"
    s:state "FIN_WAIT1"
    -- each hears the other's FIN while its own is unanswered
    local acks = t.wire:hold "."
    ours:release()
    theirs:release()
    c:state "CLOSING"
    s:state "CLOSING"
    again:off()
    acks:off():release()
    c:state "TIME_WAIT"
    s:state "TIME_WAIT"
    c:reads_eof()
    s:reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  F.
    ]]
    c.flow:never "R"
  end,
}
