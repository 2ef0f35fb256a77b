-- SPDX-License-Identifier: MIT
-- never the last datagram: whether its copy still finds a socket would be luck
local faults = {
  ["pieces twice"] = function(w) w:duplicate { "server > client udp", times = 9 } end,
  ["requests twice"] = function(w) w:duplicate { "client > server udp", times = 2 } end,
  ["everything thrice"] = function(w)
    w:duplicate { "client > server udp", copies = 2, times = 2 }
    w:duplicate { "server > client udp", copies = 2, times = 25 }
  end,
  ["pieces swapped"] = function(w)
    w:reorder { "server > client udp", nth = 1 }
    w:reorder { "server > client udp", nth = 7 }
  end,
}

return scenario {
  title = "Datagrams that come twice or out of order change nothing in the file",
  why = [[
    Each piece says where it belongs. Who writes them as they come gets the file in the order of arrival; who counts what came, and not
    what is new, ends too early and with the wrong bytes. And who answers each datagram, new or not, asks for everything twice from the first double
    on: the number of requests is the number of windows.
  ]],
  refs = { "RFC 1123, 4.2.3.1", "udp(7)" },
  contract = "udp-resume",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, fault = { "pieces twice", "requests twice", "everything thrice", "pieces swapped" } },
  run = function(t)
    local bytes = t:bytes(10000)
    t:write_file("source_file", bytes)
    local srv = t:start { role = "server" }
    faults[t.p.fault](t.wire)
    local client = t:start { role = "client", address = srv:address().address, port = srv:port() }
    client:exits(0)
    client:stdout():exactly { "have 0 bytes", "received 10000 bytes" }
    t:expect(t:file "destination_file"):is(bytes)
    srv:stdout():has ": 4 from 8192\n"
    local requests = ({ ["requests twice"] = 5, ["everything thrice"] = 7 })[t.p.fault] or 3
    srv:flow(1):count("client > server udp", requests)
    srv:runs():sleeps()
  end,
}
