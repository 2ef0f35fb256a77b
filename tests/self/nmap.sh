#!/bin/bash
# SPDX-License-Identifier: MIT
# nmap.sh - the port scanners of servers/ find what nmap finds
#
# Both are run in one world, one after the other: open, closed and filtered ports. States are compared; names are not, for nmap
# has a list of its own (6000 is "X11" there, "x11" in /etc/services). A broken scanner must part from nmap.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need nmap jq
need_wire

cat >compare.lua <<'EOF'
-- SPDX-License-Identifier: MIT
local function states(text)
  local found = {}
  for port, state in text:gmatch "(%d+)/tcp +(%a+)" do found["port " .. port] = state end
  return found
end

return scenario {
  title = "A scan says what nmap -sT says",
  contract = "port-scan",
  matrix = { family = { "ipv4", "ipv6" } },
  needs = { "wire", "program:nmap" },
  deadline = 60,
  run = function(t)
    t.server:socket("ftp"):bind(t.server:address(21)):listen(50)
    t.server:socket("private"):bind(t.server:address(24)):listen(50)
    t.server:socket("hidden"):bind(t.server:address(22)):listen(50)
    t.wire:drop "dst port 22"
    local target = t.server:address(0).address
    local words = { "nmap", "-sT", "-Pn", "-n", "-p", "20-25", "--max-retries", "2", target }
    if t.family == "ipv6" then table.insert(words, 2, "-6") end
    local nmap = t.client:run(words)
    nmap:exits(0)
    nmap:stdout():has "Nmap done"
    local scanner = t:start { target = target, range = "20-25", timeout = 3000 }
    scanner:exits(0)
    scanner:stdout():has "25/tcp"
    t:expect(states(nmap:stdout():text())):is {
      ["port 20"] = "closed", ["port 21"] = "open", ["port 22"] = "filtered",
      ["port 23"] = "closed", ["port 24"] = "open", ["port 25"] = "closed",
    }
    t:expect(states(scanner:stdout():text())):is(states(nmap:stdout():text()))
  end,
}
EOF

sp run compare.lua --no-out --format json
exits 0 "the scanners against nmap"
holds "each scanner, each family" jq -e '.totals.pass == 4 and .totals.skip == 0' out
for fault in writable-is-open stops-at-closed filtered-is-closed; do
	sp run compare.lua --no-out --impl "port-scan.scanner=@$fault" -k ipv4
	exits 1 "$fault against nmap"
done
finish
