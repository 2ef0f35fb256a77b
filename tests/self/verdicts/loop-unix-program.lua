-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop unix program",
  world = "loop",
  run = function(t)
    -- however the path is written; and a datagram socket listens as soon as it is bound
    local stream = t.server:run { "socat", "UNIX-LISTEN:./one.sock,backlog=3", "EXEC:/bin/cat", name = "stream" }:listens "one.sock"
    t:expect(stream:queue()):is { waiting = 0, limit = 3 }
    local letters = t.server:run { "socat", "-u", "UNIX-RECV:two.sock", "STDOUT", name = "letters" }:listens "two.sock"
    local c = t.client:socket("c", "unix"):connect(stream):connected():state "ESTABLISHED"
    c:send "hello":receives "hello"
    t.client:socket("d", "unix-dgram"):connect(letters):connected():send "dear you\n"
    letters:stdout():line "dear you"
    local twin = t.server:run { "socat", "-u", "ABSTRACT-LISTEN:three", "STDOUT", name = "abstract" }:listens "@three"
    t.client:socket("e", "unix"):connect(twin):connected():send "hidden\n":close()
    twin:stdout():line "hidden"
    twin:exits(0)
  end,
}
