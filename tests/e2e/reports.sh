#!/bin/bash
# SPDX-License-Identifier: MIT
# reports.sh - every format can be read by what reads it, and the case directory by the tools that people have
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq xmllint tshark capinfos tcpdump
need_wire

# A case of each verdict; one of them with the worst text that a program can print.
mkdir mixed
cat >mixed/passes.lua <<'EOF'
return scenario {
  title = "what is sent arrives",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected():send "hello":shutdown "wr"
    l:accept("s"):receives "hello":reads_eof():close()
    c:reads_eof()
    t.client:run { "/bin/echo", "out and", name = "talker" }:exits(0)
    t.client:run { "/bin/sh", "-c", "echo err >&2", name = "moaner" }:exits(0)
  end,
}
EOF
cat >mixed/fails.lua <<'EOF'
return scenario {
  title = "<&\"'> ]]> is no markup",
  matrix = { words = { "<b>&amp;", "a b/c", "-1" } },
  run = function(t)
    local p = t.client:run { "/usr/bin/printf", "\\033[31m<script>\\0\\377\\200]]>&\\n", name = "p" }
    p:exits(0)
    p:stdout():line "hello"
  end,
}
EOF
echo 'return scenario { title = "not today", run = function(t) t:skip "not today" end }' >mixed/skips.lua
echo 'return scenario { title = "a mistake", run = function(t) t:expect(1) end }' >mixed/errs.lua

sp run mixed --format json
exits 4 "--format json"
cp out report.json
holds "json: jq cannot read it" jq -e . report.json
holds "json: its shape is not the promised one" jq -e '
	(.version | type == "string") and (.kernel | type == "string") and
	.totals == { pass: 2, fail: 3, skip: 1, error: 1 } and (.cases | length == 7) and
	all(.cases[];
		(.scenario | type == "string") and (.parameters | type == "object") and (.implementation | type == "string") and
		(.verdict | IN("pass", "fail", "skip", "error")) and (.reason | type == "string") and
		(.duration_ms | type == "number" and . >= 0) and (.directory | type == "string"))' report.json
holds "json: parameters are not what the matrix says" jq -e '
	[.cases[] | select(.scenario == "fails") | .parameters.words] == ["<b>&amp;", "a b/c", "-1"]' report.json
holds "json: a verdict without a reason" jq -e 'all(.cases[]; .verdict == "pass" or .reason != "")' report.json
holds "json: the kernel is another one" jq -e --arg kernel "$(uname -r)" '.kernel == $kernel' report.json
holds "json: no valid UTF-8" iconv -f UTF-8 -t UTF-8 report.json
checks=$((checks + 1))
[ ! -s err ] || problem "json: it says something on stderr" err

# Each case directory, its files, and the tools.
while IFS= read -r directory; do
	checks=$((checks + 8))
	for file in capture.pcapng timeline.jsonl trace.txt verdict.json case.json; do
		[ -e "$directory/$file" ] || problem "$directory/$file is not there"
	done
	for file in verdict.json case.json timeline.jsonl; do
		jq . "$directory/$file" >/dev/null 2>tool.err || problem "$directory/$file is no JSON" tool.err
	done
	# root is told that running tshark as root is dangerous: that is no complaint about the file
	for tool in "tshark -n -r" "capinfos" "tcpdump -n -r"; do
		checks=$((checks + 1))
		$tool "$directory/capture.pcapng" >tool.out 2>tool.err || problem "$tool $directory/capture.pcapng: status $?" tool.err
		! grep -v -e '^Running as user' -e '^reading from file' -e 'snapshot length' tool.err >complaint ||
			problem "$tool $directory/capture.pcapng complains" complaint
	done
done < <(jq -r '.cases[].directory | select(. != "")' report.json)
holds "directories: not each case has its own" jq -e '[.cases[].directory] | (map(select(. != "")) | length) == 7 and (unique | length) == 7' report.json

# a case directory reads as the report does; a command line, which may hold anything, has a digest that keeps it apart from others
in_directory() {
	sp run "$1" -k "$2" --impl "$3" --out named --format json --deadline 1
	holds "$3: evidence in $(jq -r '.cases[0].directory' out), not in named/$4" test "$(jq -r '.cases[0].directory' out)" = "named/$4" -a -e "named/$4/verdict.json"
}
in_directory close/half-close ipv4 tcp-echo=@poll close/half-close/poll/family-ipv4
in_directory close/half-close ipv4 tcp-echo=@one-recv close/half-close/faulty/one-recv/family-ipv4
in_directory close/half-close ipv4 'tcp-echo=./a.out {port}' close/half-close/a.out-port-51d38db5/family-ipv4
in_directory connect/second-address second tcp-greeter.client=@first-address connect/second-address/client/faulty/first-address

passed=$(jq -r '[.cases[] | select(.verdict == "pass")][0].directory' report.json)
says "$passed/talker.stdout" "out and" "the output of a program"
says "$passed/moaner.stderr" "err" "the output of a program"
holds "case.json: the verdict's parameters" jq -e '.parameters.family == "ipv4"' "$passed/case.json"
checks=$((checks + 2))
packets=$(tshark -n -r "$passed/capture.pcapng" 2>/dev/null | wc -l)
[ "$packets" = "$(jq -s '[.[] | select(.kind == "packet")] | length' "$passed/timeline.jsonl")" ] ||
	problem "timeline.jsonl and capture.pcapng have not the same number of packets ($packets)"
[ "$packets" -ge 6 ] || problem "the capture has only $packets packets"

# The command that a report gives repeats that very case.
while IFS= read -r command; do
	checks=$((checks + 1))
	before=$(jq -r --arg c "$command" '.cases[] | select(.command == $c) | .verdict + .scenario + (.parameters | tostring)' report.json)
	bash -c "${command/#sockproof/$sockproof} --no-out --format json" >again.json 2>again.err
	after=$(jq -r '.cases | if length == 1 then .[0] | .verdict + .scenario + (.parameters | tostring) else "\(length) cases" end' again.json)
	[ "$before" = "$after" ] || problem "$command: $after, not $before" again.err
done < <(jq -r '.cases[].command' report.json)

sp run mixed --no-out --format junit
exits 4 "--format junit"
holds "junit: xmllint cannot read it" xmllint --noout out
for count in '@tests=7' '@failures=3' '@errors=1' '@skipped=1'; do
	holds "junit: $count does not hold" test "$(xmllint --xpath "boolean((//testsuites|//testsuite)[1][$count])" out)" = true
done
holds "junit: seven test cases" test "$(xmllint --xpath 'count(//testcase)' out)" = 7
holds "junit: three of them failed" test "$(xmllint --xpath 'count(//testcase[failure])' out)" = 3

sp run mixed --no-out --format tap
exits 4 "--format tap"
holds "tap: its first line" grep -qx "TAP version 14" out
holds "tap: its plan" grep -qx "1\.\.7" out
holds "tap: as many lines as cases" test "$(grep -cE '^(not )?ok [0-9]+ ' out)" = 7
holds "tap: four that are not ok" test "$(grep -c '^not ok ' out)" = 4
holds "tap: one skipped" test "$(grep -c '^ok .* # SKIP not today' out)" = 1

sp run mixed --no-out
exits 4 "pretty"
says out "7 cases: 2 passed, 3 failed, 1 skipped, 1 error" "pretty"
for format in pretty tap json junit; do
	sp run mixed --no-out --format $format
	checks=$((checks + 1))
	! LC_ALL=C grep -q "$(printf '\033')" out || problem "$format: an escape sequence of the program's gets out" out
done

# exit statuses by what there was
for pair in "passes 0" "skips 0" "fails 1" "errs 4"; do
	sp run "mixed/${pair% *}.lua" --no-out
	exits "${pair#* }" "only $pair"
done
# a report that cannot be written is no success
if [ -w /dev/full ]; then
	for format in pretty tap json junit; do
		status=0
		"$sockproof" run mixed/passes.lua --no-out --format $format >/dev/full 2>err || status=$?
		exits 4 "$format into a full device"
	done
fi
finish
