-- SPDX-License-Identifier: MIT
return scenario {
  title = "A datagram may come twice, and the second is no answer to the next question",
  why = [[
    A link may repeat a datagram, and both copies are delivered: UDP numbers nothing. A client that takes whatever comes next for the
    answer to what it asked last is out of step from then on: each answer is the one before. It has to
    look at what came, and here it can, since an echo is what was sent.
  ]],
  refs = { "RFC 768", "RFC 1122, 4.1.1" },
  contract = "udp-echo",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, twice = { "question", "answer" } },
  run = function(t)
    local srv = t:start()
    local client = t:start { role = "client", address = srv:address().address, port = srv:port() }
    t.wire:duplicate { t.p.twice == "question" and "client > server udp" or "server > client udp", nth = 1 }
    client:stdin "one"
    client:stdout():line "answer: one"
    -- both copies are there before the next question is asked
    t.wire:idle()
    client:stdin "two"
    client:stdout():line "answer: two"
    client:close_stdin():exits(0)
    client:stdout():exactly { "answer: one", "stale: one", "answer: two" }
    t:flow(srv:port()):count("server > client udp", 3)
    srv:runs()
  end,
}
