-- SPDX-License-Identifier: MIT
return scenario {
  title = "recv that brings one byte, send that takes one: not a byte is lost",
  why = [[
    recv(2) may return less than was asked for and send(2) may take less than it was given, at any time, with nothing wrong. On a quiet
    machine a small message comes whole and goes whole, and a program that relies on that passes for years. Here each call is
    shortened on its way into the kernel: to one byte, to three.
  ]],
  refs = { "recv(2)", "send(2)", "POSIX send(): return value" },
  contract = "tcp-echo",
  needs = { "trace" },
  matrix = { family = { "ipv4", "ipv6" }, call = { "recv", "send" }, bytes = { 1, 3 } },
  run = function(t)
    local srv = t:start { traced = true, faults = { { "shorten", call = t.p.call, bytes = t.p.bytes } } }
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "one\0two\nthree":shutdown "wr"
    c:receives "one\0two\nthree":reads_eof()
    c.flow:never "R"
    t:expect(srv:calls(t.p.call .. " = " .. t.p.bytes)):at_least(13 // t.p.bytes)
  end,
}
