-- SPDX-License-Identifier: MIT
return scenario {
  title = "Each line of input is one datagram, whatever its length and its bytes",
  why = [[
    A client with a line buffer of 512 bytes sends a longer line as two datagrams, and waits for two answers; one that measures with
    strlen sends what stands before the first NUL; one that takes an empty line for nothing to do sends nothing at all. A line that is too
    long for any datagram cannot be sent, and that has to be said: the rest of the input is not concerned.
  ]],
  refs = { "getline(3)", "send(2): EMSGSIZE", "udp(7)" },
  contract = "udp-echo",
  matrix = { family = { "ipv4", "ipv6" }, line = { "short", "empty", "with a NUL", "long", "too long" } },
  run = function(t)
    local lines = { short = "hello", empty = "", ["with a NUL"] = "hel\0lo", long = ("x"):rep(1400), ["too long"] = ("x"):rep(65528) }
    local line = lines[t.p.line]
    local too_long = t.p.line == "too long"
    local s = t.server:socket("s", "udp"):bind(t.server:address(8888))
    local client = t:start { role = "client", address = t.server:address(8888).address, port = 8888 }
    client:stdin(line)
    if too_long then
      client:stdout():line "too long: 65528 bytes"
    else
      s:receives(line, { flags = { "PEEK" } })
      local bytes, _, more = s:receive()
      s:send(bytes, { to = more.from })
      client:stdout():line("answer: " .. line)
    end
    client:stdin "last"
    local bytes, _, more = s:receive()
    t:expect(bytes):is "last"
    s:send(bytes, { to = more.from })
    client:stdout():line "answer: last"
    client:close_stdin():exits(too_long and 3 or 0)
    client:stdout():exactly { too_long and "too long: 65528 bytes" or "answer: " .. line, "answer: last" }
    t:flow(8888):count("client > server udp", too_long and 1 or 2)
  end,
}
