-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "loop programs",
  world = "loop",
  deadline = 20,
  run = function(t)
    local bytes = t:bytes(1 << 20)
    t:write_file("input", bytes)
    local sink = t.server:run { "socat", "-u", "TCP4-LISTEN:8080,bind=127.0.0.1,reuseaddr", "CREATE:output", name = "sink" }:listens(8080)
    local source = t.client:run { "socat", "-u", "OPEN:input", "TCP4:127.0.0.1:8080", name = "source" }
    source:exits(0)
    sink:exits(0)
    t:expect(t:file "output"):is(bytes)
    -- every byte is in the evidence too
    t:expect(t:flow(8080):bytes "client > server"):is(1 << 20)
    t:expect(t:flow(8080):stream "client > server"):is(bytes)
    t:flow(8080):never "R"
  end,
}
