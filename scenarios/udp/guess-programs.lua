-- SPDX-License-Identifier: MIT
return scenario {
  title = "Two players at one server, program against program",
  why = [[
    What each program does with a partner that was written with it may still be a private agreement; what it does with another's is the
    contract. Two players take turns: each hears of its own number alone.
  ]],
  refs = { "udp(7)" },
  contract = "udp-guess",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start { numbers = "5,2" }
    local function player(name)
      local p = t:start { role = "client", name = name, address = srv:address().address, port = srv:port() }
      p:stdout():line "guess a number from 1 to 6, tries: 3"
      return p
    end
    local a, b = player "a", player "b"
    a:stdin "3":stdout():line "higher"
    b:stdin "3":stdout():line "lower"
    a:stdin "four":stdout():line "not a number from 1 to 6"
    b:stdin "2":stdout():line "you win, tries: 2"
    b:exits(0)
    a:stdin "6":stdout():line "lower"
    a:stdin "4":stdout():line "you lose: it was 5"
    a:exits(3)
    srv:runs():sleeps()
    srv:flow(1):count("server > client udp", 5)
    srv:flow(2):count("server > client udp", 3)
  end,
}
