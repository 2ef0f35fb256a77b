#!/bin/bash
# SPDX-License-Identifier: MIT
# parts.sh - what a socket was given and was not to be given: the failure stands on the packet that brought it
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq tshark
need_wire

cat >parts.lua <<'EOF'
return scenario {
  title = "a socket is given what was not expected",
  matrix = { family = { "ipv4", "ipv6" }, comes = { "bytes", "later bytes", "end", "reset", "bytes for end", "end for reset", "bytes for nothing",
    "datagram", "nothing", "urgent bytes" } },
  run = function(t)
    local comes = t.p.comes
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "first "
    s:receives "first "
    if comes == "bytes" then
      c:send "yes, "
      c:send "and no"
      s:receives "yes, and yes"
    elseif comes == "later bytes" then
      -- what is only looked at, or lost on its way and repeated, does not shift the count
      t.wire:drop { 'client > server data "se"', times = 1 }
      c:send "second "
      s:receives("second ", { flags = { "PEEK" } })
      c:send "no"
      s:receives "second yes"
    elseif comes == "end" then
      c:send("no"):close()
      s:receives "not"
    elseif comes == "reset" then
      c:linger(0):close()
      s:receives "yes"
    elseif comes == "bytes for end" then
      c:send "more"
      s:reads_eof()
    elseif comes == "end for reset" then
      c:close()
      s:reset()
    elseif comes == "bytes for nothing" then
      c:send "something"
      s:reads_nothing()
    elseif comes == "datagram" then
      local u = t.server:socket("u", "udp"):bind(t.server:address(6001))
      local v = t.client:socket("v", "udp"):connect(u)
      v:send "one"
      v:send "two"
      u:receives "one"
      u:receives "three"
    elseif comes == "nothing" then
      s:receives "yes"
    else
      -- the urgent byte is in the stream and not in what is read: no packet is better than the wrong one
      c:send("ab!", { flags = { "OOB" } })
      c:send "cd"
      s:receives "abxy"
    end
  end,
}
EOF
sp run parts.lua --out cases --deadline 2
exits 1 "nothing of it is as expected"

# comes|flags|bytes of the packet on which the failure stands; no line: on none
while IFS='|' read -r comes flags bytes; do
	for family in ipv4 ipv6; do
		case=$(dirname "$(grep -l "\"comes\": *\"$comes\"" cases/parts/reference/*/case.json | xargs grep -l "\"family\": *\"$family\"")")
		[ -n "$bytes" ] && hex=$(printf %s "$bytes" | od -An -v -tx1 | tr -d ' \n') || hex=""
		found=$(tshark -n -r "$case/capture.pcapng" -Y 'frame.comment contains "failed="' -T fields -e frame.number -e tcp.flags.str -e tcp.payload -e udp.payload 2>/dev/null | tr -d '·\t ')
		number=$(jq .packet "$case/verdict.json")
		checks=$((checks + 1))
		[ "${number/null/}$flags$hex" = "$found" ] ||
			problem "$comes, $family: expected on packet ${number/null/none} $flags $hex; the comment is on $found"
	done
done <<'EOF'
bytes|AP|and no
later bytes|AP|no
end|AF
reset|AR
bytes for end|AP|more
end for reset|AF
bytes for nothing|AP|something
datagram||two
nothing
urgent bytes
EOF
finish
