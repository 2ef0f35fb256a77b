#!/bin/bash
# SPDX-License-Identifier: MIT
# inspect.sh - `sockproof inspect` tells all of a case, in every format, whatever a program printed; damaged evidence is told, not believed
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq xmllint rsvg-convert python3
need_wire

# Every line a statement of a sequenceDiagram; in a text nothing that Mermaid would read as its own.
cat >mermaid.py <<'EOF'
import re, sys
statement = re.compile(r"    (participant (?:h\d+|w) as |(?:h\d+|w)(?:->>|-->>|--x|--\))(?:h\d+|w): |Note (?:over|left of|right of) (?:h\d+|w)(?:,h\d+)?: )(.*)")
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
assert lines[0] == "sequenceDiagram" and lines[-1] == ""
for line in lines[1:-1]:
    found = statement.fullmatch(line)
    assert found, line
    assert not re.search(r"[;#<>{}\"`\\]|%%", re.sub(r"#\d+;", "", found.group(2))), line
EOF
mkdir cases
cat >cases/hostile.lua <<'EOF'
return scenario {
  title = "what a program prints harms nobody",
  run = function(t)
    local p = t.client:run { "/usr/bin/printf", "\\033[31m<script>alert(1)</script>\\0\\377\\200]]>&;#%%\\n", name = "p" }
    p:exits(0)
    -- controls of direction and of lines, and what is not seen: as bytes, as text, in the script's own words
    local moves = "B \u{202e} C \u{2066} D\u{2028}\u{61c}\u{200b}\u{feff}"
    t.client:run { "/usr/bin/printf", moves .. "\\n", name = "q" }:exits(0)
    t:note(moves)
    t.client:run { "/bin/echo", moves, name = "r" .. moves }:exits(0)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected():send "</text><script>\27[2J\0%%{init}"
    l:accept("s"):receives "</text><script>\27[2J\0%%{init}"
    c:state "ESTABLISHED"
    c:send(moves)
    t.server:socket("u" .. moves, "udp"):bind(t.server:address(6001))
  end,
}
EOF
cat >cases/parts.lua <<'EOF'
return scenario {
  title = "evidence and expectation part",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected():send "no"
    l:accept("s"):receives "yes"
  end,
}
EOF
cat >cases/wire.lua <<'EOF'
return scenario {
  title = "held, dropped and injected",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept("s")
    local hold = t.wire:hold "client > server data"
    c:send "late"
    s:send "early"
    c:receives "early"
    hold:off():release()
    s:receives "late"
    t.wire:drop { "client > server data", times = 1 }
    c:send "lost"
    s:receives "lost"
  end,
}
EOF
cat >cases/long.lua <<'EOF'
return scenario {
  title = "a thousand packets",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept("s")
    for _ = 1, 250 do
      c:send "a line to be sent\n"
      s:receives "a line to be sent\n"
    end
  end,
}
EOF
sp run cases --out made
exits 1 "the cases"
sp run "$root/scenarios/close/half-close-mirror.lua" "$root/scenarios/data/reordered.lua" --out made
exits 0 "scenarios of the catalogue"
list=$(find made -name case.json -printf '%h\n' | LC_ALL=C sort)
[ "$(wc -l <<<"$list")" -ge 9 ] || problem "only these cases: $list"

# each_once NUMBERS-FILE TOTAL WHAT: the lines "7" and "8-12" name each of 1 to TOTAL exactly once
each_once() {
	checks=$((checks + 1))
	awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }' "$1" | sort -n | cmp -s - <(seq 1 "$2") ||
		problem "$3: not every packet exactly once" "$1"
}

# harmless FILE WHAT: nothing in it turns a text round, ends a line that is none, or cannot be seen
harmless() {
	checks=$((checks + 1))
	python3 -c '
import re, sys
sys.exit(bool(re.search("[\x80-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", open(sys.argv[1], encoding="utf-8").read())))' "$1" ||
		problem "$2: a control that a terminal or a browser obeys" "$1"
}

while IFS= read -r d; do
	total=$(grep -c '"kind":"packet"' "$d/timeline.jsonl")
	sp inspect "$d"
	exits 0 "$d as text"
	holds "$d: a line has more than 80 columns" python3 -c '
import sys
sys.exit(any(len(line.rstrip("\n")) > 80 for line in open("out", encoding="utf-8")))'
	holds "$d: text is no UTF-8" iconv -f UTF-8 -t UTF-8 out
	checks=$((checks + 1))
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]' out || problem "$d: control characters" out
	harmless out "$d as text"
	for axis in event time; do
		sp inspect "$d" --format svg --axis "$axis"
		exits 0 "$d as svg"
		holds "$d: SVG by $axis is not well-formed" xmllint --noout out
		holds "$d: SVG by $axis cannot be drawn" rsvg-convert out -o picture.png
		grep -o 'data-packet="[^"]*"' out | cut -d'"' -f2 >numbers
		each_once numbers "$total" "$d, SVG by $axis"
		harmless out "$d, SVG by $axis"
		checks=$((checks + 1))
		! grep -q '<script\|</text><script' out || problem "$d: a tag that is not ours" out
	done
	sp inspect "$d" --format json
	exits 0 "$d as json"
	jq -r '.rows[] | select((.kind == "packet" or .kind == "run") and .first) | "\(.first)-\(.last)"' out >numbers
	each_once numbers "$total" "$d, JSON"
	harmless out "$d, JSON"
	sp inspect "$d" --all --format json
	holds "$d: --all has runs" jq -e 'all(.rows[]; .kind != "run")' out
	sp inspect "$d" --format mermaid
	exits 0 "$d as mermaid"
	holds "$d: no Mermaid" python3 "$work/mermaid.py" out
	harmless out "$d, Mermaid"
	if [ "$total" -gt 0 ] && grep -q '> server  S' "$d/timeline.jsonl"; then
		sp inspect "$d" --graph
		exits 0 "$d, graph"
		harmless out "$d, graph"
		holds "$d: the graph is not well-formed" xmllint --noout out
		holds "$d: the graph cannot be drawn" rsvg-convert out -o picture.png
	fi
done <<<"$list"

# What a program printed, in what it printed only.
d=$(dirname "$(find made/hostile -name case.json)")
harmless "$d/trace.txt" "trace.txt"
# names are the script's, and stand in JSON as they are
jq -r '.text, .data, .cause, .step.words | strings' "$d/timeline.jsonl" >words
harmless words "timeline.jsonl"
jq -r '.. | strings' "$d/verdict.json" >words
harmless words "verdict.json"
sp inspect "$d"
says out 'B \xe2\x80\xae C \xe2\x81\xa6 D' "what turns a text round"
tshark -r "$d/capture.pcapng" -Y frame.comment -T fields -e frame.comment >comments
harmless comments "comments of the capture"

d=made/close/half-close-mirror/reference/family-ipv4
sp inspect "$d"
says out "passed: " "the verdict in a sentence"
says out "[SYN_SENT]" "a derived state"
holds "the state that was asked for is not in its words" grep -q ' s TIME_WAIT │$' out
sp inspect "$d" --format json
holds "the states of both ends" jq -e '
	[.states[] | select(.host == "server" and .asked) | .state] == ["FIN_WAIT2", "TIME_WAIT"] and
	[.states[] | select(.host == "client" and (.asked | not)) | .state] == ["SYN_SENT", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSED"]' out

d=$(dirname "$(find made/wire -name case.json)")
sp inspect "$d" --format json
holds "a held packet leaves in one row and arrives in a later one" jq -e '
	.rows as $rows | [range(0; $rows | length) | select($rows[.].arrow == "leaves")] as $left |
	($left | length) == 1 and $left[0] as $i | $rows[$i].other > $i + 1 and $rows[$rows[$i].other].arrow == "arrives" and
	$rows[$rows[$i].other].first == $rows[$i].first' out
jq -r '[.rows[] | select(.kind == "packet" and .kernel_at_ns) | .kernel_at_ns] | .[] - .[0]' out >kernel-times
tshark -r "$d/capture.pcapng" -T fields -e frame.time_relative | awk '{ printf "%.0f\n", $1 * 1e9 }' >capture-times
holds "what a row says of the sender's kernel is not what the capture has" cmp kernel-times capture-times
holds "no packet has a kernel's time" test -s kernel-times
holds "a packet's time is not the timeline's" jq -e --slurpfile t <(jq -s '[.[] | select(.kind == "packet") | .at_ns]' "$d/timeline.jsonl") '
	[.rows[] | select(.kind == "packet") | .at_ns] == $t[0]' out
holds "a dropped packet is lost" jq -e '[.rows[] | select(.arrow == "lost")] | length == 1' out
sp inspect "$d" --flow 1
exits 0 "--flow 1"
says out "FLOW  PACKETS  DATA>  <DATA  RETR  ENDED" "the table of flows"
holds "a flow's numbers" grep -qx '   1 *[0-9]*  *[0-9]*  *[0-9]*  *[0-9]*  [a-z]*  *tcp client:[0-9]* > server:6000' out
sp inspect "$d" --flow 2
exits 2 "--flow 2 where there is one"

d=$(dirname "$(find made/parts -name case.json)")
sp inspect "$d" --format json
holds "where they part is marked once" jq -e '([.rows[] | select(.divergence)] | length == 1) and (.sentence | startswith("failed: "))' out

d=$(dirname "$(find made/long -name case.json)")
sp inspect "$d"
holds "a thousand packets take more than 120 lines" test "$(wc -l <out)" -le 120

# Wrong use, damaged evidence.
sp inspect
exits 2 "no directory"
sp inspect made/no/such
exits 2 "a directory that is not there"
says err "made/no/such: No such file or directory; a case directory is" "a directory that is not there"
sp inspect "$d" --format png
exits 2 "--format png"
says err "there are text, svg, mermaid, json and csv" "--format png"
sp inspect "$d" --axis time
exits 2 "--axis without svg"
sp inspect "$d" --graph --format json
exits 2 "--graph as json"
sp inspect "$d" --flow 0
exits 2 "--flow 0"
sp inspect "$d" --out no/such/folder
exits 4 "--out into nowhere"
says err "no/such/folder: No such file or directory" "--out into nowhere"
sp inspect "$d" --out ladder.txt
exits 0 "--out"
holds "--out writes nothing" grep -q passed ladder.txt
cp -r "$d" damaged
sed -i '5s/"kind":"[a-z]*"/"kind":"leap"/' damaged/timeline.jsonl
sp inspect damaged
exits 4 "a damaged timeline"
says err 'damaged: timeline.jsonl: line 5: "kind" is no kind of event' "a damaged timeline"
cp "$d/timeline.jsonl" damaged
truncate -s -40 damaged/capture.pcapng
sp inspect damaged
exits 4 "a capture that is cut short"
says err "damaged: capture.pcapng: at byte" "a capture that is cut short"
cp "$d/capture.pcapng" damaged
printf '\033[31m' >damaged/verdict.json
sp inspect damaged
exits 4 "a verdict that is no JSON"
checks=$((checks + 1))
! grep -q $'\033' err || problem "an escape sequence in an error" err
rm damaged/verdict.json
mkfifo damaged/verdict.json
sp inspect damaged
exits 4 "a FIFO in place of a file"
says err "verdict.json is no plain file" "a FIFO in place of a file"
finish
