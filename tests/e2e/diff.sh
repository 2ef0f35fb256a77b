#!/bin/bash
# SPDX-License-Identifier: MIT
# diff.sh - `sockproof diff` says where two cases or captures part and of which kind it is, and does not part what means the same
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq xmllint editcap
need_wire

# What a scenario does is chosen by a parameter; everything that may differ has one.
cat >talk.lua <<'EOF'
return scenario {
  title = "a talk that can be had in several ways",
  matrix = { how = { "plain", "bytes", "segments", "lost", "reset", "sysctl", "output", "step", "udp", "swapped", "hostile" } },
  run = function(t)
    local how = t.p.how
    if how == "sysctl" then t.client:sysctl("net.ipv4.tcp_timestamps", 0) end
    if how == "lost" then t.wire:drop { "client > server data", nth = 1 } end
    t.client:run { "/bin/echo", how == "output" and "another" or how == "hostile" and "<b>\27[31m</b>" or "one", name = "p" }:exits(0)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept("s")
    local words = how == "bytes" and "first sentencE" or how == "hostile" and "<script>\27[2J" or "first sentence"
    if how == "segments" then
      c:send "first ":send "sentence"
    else
      c:send(words)
    end
    s:receives(words)
    if how == "step" then t:note "by the way" end
    if how == "udp" or how == "swapped" then
      local u = t.server:socket("u", "udp"):bind(t.server:address(7000))
      local v = t.client:socket("v", "udp")
      for _, word in ipairs(how == "udp" and { "a", "b" } or { "b", "a" }) do
        v:send(word, { to = u })
        u:receives(word)
      end
    end
    if how == "reset" then
      c:linger(0):close()
    else
      c:shutdown "wr"
      s:reads_eof():close()
      c:reads_eof()
    end
  end,
}
EOF
sp run talk.lua --out before
exits 0 "the talk"
sp run talk.lua --out after
exits 0 "the talk, again"
case=before/talk/how-
[ -d ${case}plain ] || case=$(dirname "$(find before -name 'how-plain' -type d)")/how-

# differs HOW KIND [TEXT]: from the plain talk, first in that kind
differs() {
	sp diff "${case}plain" "$case$1"
	exits 1 "$1"
	says out "they part first in $2" "$1"
	[ $# -lt 3 ] || says out "$3" "$1"
	sp diff "${case}plain" "$case$1" --format json
	exits 1 "$1, as JSON"
	holds "$1, as JSON: the kind" jq -e --arg kind "$2" '.first.kind == $kind and (.same | not) and .parts[$kind] > 0' out
}

# The same talk once more: the same, whatever a kernel chose.
sp diff before after
exits 0 "two runs"
says out "11 cases mean the same, 0 part" "two runs"
sp diff "${case}plain" "${case}plain/capture.pcapng"
exits 0 "a case and its own capture"
says out "they mean the same: 1 conversation" "a case and its own capture"
sp diff "${case}plain" "${case}segments" --format json
holds "another segmentation is manner" jq -e '.manner.segmentation > 0 and (.parts.bytes | not)' out
sp diff "${case}plain/capture.pcapng" "${case}lost/capture.pcapng"
exits 0 "a segment that is lost and sent again"
says out "in manner only: " "a segment that is lost and sent again"
says out "retransmission 1" "a segment that is lost and sent again"

differs bytes step "the opener's bytes part at byte 14"
sp diff "${case}plain/capture.pcapng" "${case}bytes/capture.pcapng"
exits 1 "other bytes in two captures"
says out "they part first in bytes: packet 4 in A, packet 4 in B, behind line 16: c: send" "other bytes in two captures"
says out " ≠   4 > P. seq 1:15" "other bytes, side by side"
differs reset flags
differs sysctl options "net.ipv4.tcp_timestamps"
differs output output "A: one"
differs step step "by the way"
differs udp conversation "only B has udp"
sp diff "${case}udp" "${case}swapped"
exits 1 "datagrams in another order"
sp diff "${case}udp/capture.pcapng" "${case}swapped/capture.pcapng" --format json
holds "datagrams in another order" jq -e '.parts == { order: 1 }' out

# Captures edited: a packet less, and other times.
editcap "${case}plain/capture.pcapng" less.pcapng 4 >/dev/null
sp diff "${case}plain/capture.pcapng" less.pcapng
exits 1 "the packet with the bytes is missing"
says out "they part first in bytes: packet 4 in A" "the packet with the bytes is missing"
editcap -F pcap "${case}plain/capture.pcapng" classic.pcap >/dev/null 2>&1
sp diff "${case}plain" classic.pcap
exits 0 "the same as a classic pcap"
editcap -t 3600 "${case}plain/capture.pcapng" late.pcapng >/dev/null
sp diff "${case}plain/capture.pcapng" late.pcapng --time 1us
exits 0 "all of it an hour later"
sp diff "${case}plain" "${case}lost" --time 10ms
exits 1 "time, when it is asked for"
says out "time" "time, when it is asked for"

# What a program says of itself has its path in it: where it lies is no difference.
for place in here there; do
	mkdir -p $place
	printf '#!/bin/sh\necho "usage: $0 NUMBER"\n' >$place/says
	chmod +x $place/says
	cat >says.lua <<EOF
return scenario { title = "who am I", run = function(t) t.client:run { "$work/$place/says", name = "p" }:exits(0) end }
EOF
	sp run says.lua --out out-$place
	exits 0 "a program that says its path"
done
sp diff out-here/says/reference out-there/says/reference
exits 0 "the same program at another place"
holds "its path is in the evidence" grep -q "$work/here/says" out-here/says/reference/timeline.jsonl

# A parameter may be called as one of the facts that a capture tells of its case.
cat >named.lua <<'EOF'
return scenario {
  title = "a parameter called verdict",
  matrix = { verdict = { "unheard-of" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    t.client:socket("c"):connect(l):connected()
  end,
}
EOF
sp run named.lua --out named
exits 0 "a parameter called verdict"
named=$(find named -name capture.pcapng)
sp diff "$named" "$named"
says out "(capture): pass" "a parameter called verdict"

# Two runs that fail at the same line of a pattern fail alike, whatever number the packet had; at another, they do not.
cat >fails.lua <<'EOF'
return scenario {
  title = "no FIN comes",
  deadline = 0.2,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
    ]]
  end,
}
EOF
sp run fails.lua --out failed
exits 1 "a case that fails"
says failed/fails/reference/verdict.json "client > server F. never came (line 3 of the pattern)\"" "no packet's number is in a reason"
holds "the verdict fell behind the wait" jq -e '.at_ns >= 200000000' failed/fails/reference/verdict.json
says failed/fails/reference/verdict.json "The last packet of that direction was packet 3" "what came nearest"
cp -r failed other
jq '.reason |= sub("came"; "came, after packet 9")' failed/fails/reference/verdict.json >other/fails/reference/verdict.json
sp diff failed other
exits 0 "the same failure in other words"
jq '.pattern_line = 1' failed/fails/reference/verdict.json >other/fails/reference/verdict.json
sp diff failed other
exits 1 "another line of the pattern"
says out "they part first in verdict" "another line of the pattern"

# Whatever was said: it is told, and does nothing.
for format in text json html; do
	sp diff "${case}plain" "${case}hostile" --format $format
	exits 1 "hostile bytes, as $format"
	holds "hostile bytes, as $format: an escape came through" bash -c '! grep -q $'"'\\033'"' out'
done
holds "the page is HTML" xmllint --html --noout out
holds "the page runs nothing" bash -c '! grep -qi "<script\|<b>\|http" out'
editcap -F pcap "${case}plain/capture.pcapng" bare.pcap >/dev/null 2>&1
editcap -F pcapng -a "4:line=3"$'\nstep=c: \033'"[2Jsend" bare.pcap comment.pcapng >/dev/null
sp diff comment.pcapng "${case}bytes/capture.pcapng"
exits 1 "a comment with an escape"
says out '\x1b[2Jsend' "a comment with an escape"
holds "a comment with an escape: it came through" bash -c '! grep -q $'"'\033'"' out'
sp diff "no"$'\033'"[2Jwhere" comment.pcapng
says err 'no\x1b[2Jwhere: No such file' "a name with an escape"
sp diff before after --format html --out page.html
exits 0 "two runs as a page"
holds "two runs as a page" grep -q "11 cases mean the same" page.html
rm -r "$(dirname "${case}plain")/how-plain"
sp diff before after
exits 1 "a case less"
says out "only in B" "a case less"
sp diff before after --format json
holds "a case less, as JSON" jq -e 'map(select(.only_in == "b")) | length == 1' out
head -c 700 "${case}bytes/capture.pcapng" >cut.pcapng
cp "${case}bytes/capture.pcapng" whole.pcapng
cp cut.pcapng "${case}bytes/capture.pcapng"
sp diff before after
exits 4 "a damaged case among others"
says out "how-bytes" "a damaged case among others"
says out "damaged: not compared" "a damaged case among others"
says out "9 cases mean the same, 0 part, 1 only in B, 1 damaged and not compared" "a damaged case among others"
sp diff before after --format json
holds "a damaged case, as JSON" jq -e 'map(select(.damaged)) | length == 1' out
sp diff before after --format html
holds "a damaged case, as HTML" grep -q "<p>damaged: not compared" out
sp inspect "${case}bytes"
exits 4 "a damaged case inspected"
says err "inspecting capture.pcapng" "a damaged case inspected"
cp whole.pcapng "${case}bytes/capture.pcapng"

# A folder with a part of a case's files is a damaged case, to everybody and beside whatever: never a reference, nor no case at all.
for gone in case.json verdict.json timeline.jsonl capture.pcapng; do
	rm -rf part parts
	cp -r "${case}bytes" part
	rm part/$gone
	for other in "${case}bytes" "${case}bytes/capture.pcapng" part; do
		sp diff part "$other"
		exits 4 "a case without its $gone"
		says err "part: $gone is missing, and every case directory has it" "a case without its $gone"
	done
	sp inspect part
	exits 4 "a case without its $gone, inspected"
	says err "part: $gone is missing, and every case directory has it; a case is shown whole" "a case without its $gone, inspected"
	checks=$((checks + 1))
	advice=1
	[ $gone != capture.pcapng ] || advice=0
	[ "$(grep -c 'inspecting capture.pcapng' err)" = $advice ] || problem "a case without its $gone: advice that cannot be followed, or none" err
	mkdir -p parts/a whole/a
	cp -r "${case}bytes/." whole/a
	mv part/* parts/a
	sp diff parts whole
	exits 4 "a folder with a case without its $gone"
	says out "0 cases mean the same, 0 part, 1 damaged and not compared" "a folder with a case without its $gone"
done
rm parts/a/{case.json,verdict.json,timeline.jsonl}
cp whole/a/capture.pcapng parts/a
sp diff parts/a whole/a --format json
exits 0 "a capture and a trace are a reference"
holds "a capture and a trace are a reference" jq -e '.a.kind == "reference"' out
sp inspect parts/a
exits 2 "a reference inspected"
rm -r parts
mkdir parts
cp -r whole/a parts
sp diff parts whole
exits 0 "one case of each"
says out "1 case means the same, 0 part" "one case of each"

# Wrong use, and what is damaged.
sp diff before
exits 2 "one side"
sp diff nowhere "${case}bytes"
exits 2 "what is not there"
says err "nowhere: No such file" "what is not there"
mkdir empty
sp diff empty "${case}bytes"
exits 2 "a folder that is no case"
says err "without case.json" "a folder that is no case"
sp diff empty empty
exits 2 "folders without a case"
sp diff "${case}bytes" "${case}bytes" --time soon
exits 2 "a tolerance that is none"
sp diff "${case}bytes" "${case}bytes" --format xml
exits 2 "a format that is none"
editcap -s 60 "${case}bytes/capture.pcapng" short.pcapng >/dev/null
sp diff short.pcapng "${case}bytes"
exits 4 "packets captured in part"
says err "was captured only in part" "packets captured in part"
sp inspect short.pcapng
exits 0 "the table of packets captured in part"
sp inspect short.pcapng --flow 1
says err "was captured only in part" "a ladder of packets captured in part"
sp diff cut.pcapng "${case}bytes"
exits 4 "a capture that is cut short"
says err "at byte " "a capture that is cut short"
sp diff "${case}bytes" "${case}bytes" --out /dev/full
exits 4 "no room"
sp diff --help
exits 0 "--help"

# The commands of docs/diff.md, where there is what they speak of.
mkdir docs && cd docs || exit 1
"$sockproof" run close/half-close --out sockproof-out >/dev/null 2>&1 || cannot "close/half-close does not pass here"
cp -r sockproof-out before && cp -r sockproof-out after
awk '/^```sh diff$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/diff.md" >../commands
holds "docs/diff.md gives commands" test "$(wc -l <../commands)" -ge 4
PATH=$(dirname "$sockproof"):$PATH
while IFS= read -r command; do
	status=0
	bash -c "$command" >../out 2>../err </dev/null || status=$?
	checks=$((checks + 1))
	[ $status -le 1 ] || problem "docs/diff.md: $command: exit status $status" ../out ../err
done <../commands
finish
