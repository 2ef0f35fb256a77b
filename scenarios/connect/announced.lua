-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server tells of each client when it comes and when it goes",
  why = [[
    What a program prints through a pipe is seen only when it is flushed: a server that leaves that to stdio's buffer has told
    nothing by the time somebody looks. The lines are part of the contract, so they must be there while the
    connection still stands.
  ]],
  refs = { "setvbuf(3)", "stdout(3)" },
  contract = "tcp-echo",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected():send "hello":receives "hello"
    local name = (t.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(t.client:address(0).address, c:port())
    local came = srv:stdout():line("connected from " .. name)
    c:shutdown "wr":reads_eof()
    local went = srv:stdout():line("disconnected from " .. name)
    t:order { came, went }

    local broken = t.client:socket("broken"):connect(srv):connected():send "hello":receives "hello"
    broken:linger(0):close()
    srv:stdout():line(("lost %s: ECONNRESET"):format((name:gsub("%d+$", tostring(broken:port())))))
    srv:runs()
  end,
}
