-- SPDX-License-Identifier: MIT
return scenario {
  title = "A message and its answer, program against program",
  why = [[
    Each of the two is played against the other's reference, and both against each other: who sends a NUL along is understood
    by a server that expects one, and by nobody else.
  ]],
  refs = { "send(2)", "recv(2)" },
  contract = "tcp-message",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start { role = "server" }
    local client = t:start { role = "client", address = srv:address().address, port = srv:port() }
    client:stdin "a message of more than thirty-two bytes, and a word"
    srv:stdout():line "message: a message of more than thirty-two bytes, and a word"
    srv:stdin "well understood"
    client:stdout():line "answer: well understood"
    client:exits(0)
    srv:exits(0)
    local flow = t:flow(srv:port())
    t:expect(flow:stream "client > server"):is "a message of more than thirty-two bytes, and a word\n"
    t:expect(flow:stream "server > client"):is "well understood\n"
    flow:never "R"
  end,
}
