-- SPDX-License-Identifier: MIT
return scenario {
  title = "close with unread data resets the connection",
  why = [[
    Bytes that arrived and were never read are lost to the program that closes, and its peer must not believe that they were taken: close sends RST
    in place of FIN, as soon as a single byte is left, also one that was only peeked at. The peer still gets what was sent to it before,
    then ECONNRESET. An unread end is no data. A server that answers without reading its request to the end breaks
    connections by this; shutdown and reading to the end is the way out.
  ]],
  refs = { "RFC 2525, 2.17", "RFC 9293, 3.6.1", "net/ipv4/tcp.c: __tcp_close()" },
  matrix = { family = { "ipv4", "ipv6" }, unread = { "all", "part", "peeked", "only the end", "nothing" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    if t.p.unread ~= "only the end" then c:send "question" else c:shutdown "wr" end
    if t.p.unread == "part" then
      s:receives "quest"
    elseif t.p.unread == "nothing" then
      s:receives "question"
    elseif t.p.unread == "peeked" then
      s:receives("question", { flags = { "PEEK" } })
    end
    t.wire:idle()
    s:send "answer":close()
    if t.p.unread == "nothing" or t.p.unread == "only the end" then
      c:receives "answer":reads_eof()
      c.flow:never "R"
    else
      c:receives "answer":reset():state "CLOSED"
      t:expect(t.server:count "FIN_WAIT2"):is(0)
      t:expect(t.server:count "TIME_WAIT"):is(0)
      c.flow:shape [[
        client > server  S
        server > client  S.
        client > server  data "question"
        server > client  data "answer"
        server > client  R.
      ]]
      c.flow:never "F"
    end
  end,
}
