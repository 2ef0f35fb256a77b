-- SPDX-License-Identifier: MIT
return scenario {
  title = "A client that is told that nobody is there need not wait",
  why = [[
    The other host answers a datagram to a port without a socket by ICMP, and a client whose socket is connected hears of it at once:
    recv gives ECONNREFUSED. One that sends with sendto from an unconnected socket waits its whole time for an answer
    that cannot come. A refusal may also come late, when another line has been asked: the kernel then tells it by the next call, and a
    client that takes the failed send for sent loses that line.
  ]],
  refs = { "udp(7)", "connect(2)", "RFC 1122, 4.1.3.3" },
  contract = "udp-echo",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, refusal = { "at once", "late" } },
  run = function(t)
    local late = t.p.refusal == "late" and t.wire:hold "server > client icmp"
    local client = t:start { role = "client", address = t.server:address(8888).address, port = 8888, timeout = late and 40 or 5000 }
    client:stdin "anybody?"
    if late then
      client:stdout():line "no answer within 40 ms"
      local s = t.server:socket("s", "udp"):bind(t.server:address(8888))
      late:off():release()
      t.wire:idle()
      client:stdin "and now?"
      s:receives "and now?"
    else
      client:stdout():line "refused"
      client:stdin "still nobody?"
    end
    client:close_stdin():exits(3)
    client:stdout():exactly(late and { "no answer within 40 ms", "no answer within 40 ms" } or { "refused", "refused" })
    t:flow(8888):count("client > server udp", 2)
  end,
}
