-- SPDX-License-Identifier: MIT
return scenario {
  title = "A scan waits for a late answer, and prints in the order of ports",
  why = [[
    The SYN-ACK of the first port is held on the wire. Whoever asks several ports at once knows of the second before the first, and has to
    keep that to itself; whoever asks one after the other does not even ask. Either way the first line is the first
    port's, and its late answer, within its time, still counts.
  ]],
  refs = { "connect(2): EINPROGRESS", "poll(2)" },
  contract = "port-scan",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire" },
  run = function(t)
    t.server:socket("first"):bind(t.server:address(21)):listen(5)
    t.server:socket("second"):bind(t.server:address(22)):listen(5)
    local answer = t.wire:hold "src port 21"
    local scanner = t:start { target = t.server:address(0).address, range = "21-22", timeout = 60000 }
    t:given(function() t:expect(answer:held()):is(1) end)
    scanner:sleeps()
    t:expect(scanner:stdout():text()):is ""
    answer:off():release()
    scanner:exits(0)
    scanner:stdout():exactly { "21/tcp open ftp", "22/tcp open ssh" }
  end,
}
