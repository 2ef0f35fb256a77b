#!/bin/bash
# SPDX-License-Identifier: MIT
# third-party.sh - verdicts on programs that nobody here wrote, each looked into by hand first: docs/third-party.md
#
# ncat and socat as implementations of tcp-echo. Every case that they run has a verdict pinned below, with why it is true; and
# what the verdict claims is counted again in the capture by a program that is not ours, tshark.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq tshark ncat socat
need_wire

# judge NAME COMMAND: all of tcp-echo; the report in NAME.json, case directories in NAME.out
judge() {
	checks=$((checks + 1))
	"$sockproof" run --impl "tcp-echo=$2" --deadline 3 --out "$1.out" --format json >"$1.json" 2>err </dev/null
	jq -e '.totals.error == 0' "$1.json" >/dev/null 2>&1 || problem "$1: the harness erred" err
	jq -r '.cases[] | [.scenario, (.parameters | to_entries | map("\(.key)=\(.value)") | join(" ")), .verdict, .reason] | @tsv' \
		"$1.json" >"$1.cases"
	: >"$1.pinned"
}

# pin NAME SCENARIO WORDS VERDICT REASON WHY: each case of it whose parameters have the words; "…" stands for anything
pin() {
	local seen=0 pattern
	pattern=$(printf '%s' "$5" | sed -e 's/[][\\.*^$]/\\&/g' -e 's/…/.*/g')
	while IFS=$'\t' read -r scenario parameters verdict reason; do
		if [ "$scenario" != "$2" ] || [[ $parameters != *"$3"* ]]; then continue; fi
		seen=$((seen + 1)) checks=$((checks + 1))
		echo "$scenario $parameters" >>"$1.pinned"
		if [ "$verdict" != "$4" ] || ! printf '%s\n' "$reason" | grep -q -e "$pattern"; then
			problem "$1: $scenario $parameters: $verdict: $reason; pinned is $4 ($6)"
		fi
	done <"$1.cases"
	[ "$seen" -gt 0 ] || problem "$1: no case of $2 with \"$3\""
}

# Nothing may be judged without somebody having said why.
all_pinned() {
	cut -f 1,2 "$1.cases" | tr '\t' ' ' | LC_ALL=C sort >all
	LC_ALL=C sort "$1.pinned" >pinned
	diff pinned all >diff.out || problem "$1: pinned (<) and judged (>) are not the same cases" diff.out
}

# count NAME SCENARIO FAMILY FILTER FIELD SUM: the field of the frames that fit, added up by tshark
count() {
	local capture sum
	checks=$((checks + 1))
	capture=$(jq -r --arg s "$2" --arg f "$3" \
		'.cases[] | select(.scenario == $s and .parameters.family == $f) | .directory' "$1.json")/capture.pcapng
	sum=$(tshark -n -r "$capture" -Y "$4" -T fields -e "$5" 2>tshark.err | awk '{ n += $1 } END { print n + 0 }')
	[ "$sum" = "$6" ] || problem "$1: $2 $3: $5 of \"$4\" adds up to $sum by tshark, not $6" tshark.err
}

for family in ipv4 ipv6; do echo "$family"; done >families

judge ncat 'ncat -l -k -e /bin/cat {port}'
pin ncat close/half-close "" fail "c: recv = 0 (end of stream) after 0 of 14 bytes" \
	"ncat -e stops at the client's FIN and closes with cat's answer unread in the pipe"
pin ncat close/half-close-late "" fail "c: recv… of 262144 bytes" \
	"the same: what was in cat and its pipes when the FIN was read is lost; or, seldom, ncat and cat wait for each other for ever"
pin ncat backlog/disconnect-echo "" fail "half: recv = 0 (end of stream) after 0 of 8 bytes" \
	"the same: the FIN is there before the bytes are read"
pin ncat backlog/overflow limit_by=listen skip "cannot be told {backlog}" "ncat's backlog is 10, no option sets it"
pin ncat backlog/overflow limit_by=somaxconn pass "" "net.core.somaxconn clamps the 10"
pin ncat connect/announced "" fail 'stdout of server has no line "connected from' "ncat says nothing on stdout"
pin ncat connect/server-killed "" pass "" "ncat sets SO_REUSEADDR"
all_pinned ncat
while read -r family; do
	# "first " and "second " came back, "the last\0line\n" did not; the server's side ended with FIN, without RST
	count ncat close/half-close "$family" "tcp.srcport == 50001" tcp.len 27
	count ncat close/half-close "$family" "tcp.srcport == 7" tcp.len 13
	count ncat close/half-close "$family" "tcp.srcport == 7 && tcp.flags.fin == 1" tcp.flags.fin 1
	count ncat close/half-close "$family" "tcp.flags.reset == 1" tcp.len 0
	# the client that said "anybody?" got FIN and no byte
	count ncat backlog/disconnect-echo "$family" "tcp.srcport == 50005" tcp.len 8
	count ncat backlog/disconnect-echo "$family" "tcp.dstport == 50005" tcp.len 0
done <families

judge socat 'socat TCP6-LISTEN:{port},backlog={backlog},fork,reuseaddr,ipv6only=0 EXEC:/bin/cat'
pin socat close/half-close "" pass "" "socat shuts cat's stdin and goes on until cat has ended"
pin socat close/half-close-late "" pass "" "socat waits until the client reads"
pin socat backlog/disconnect-echo "" pass "" "a child for each client: what happens to one is nobody else's"
pin socat backlog/overflow "" pass "" "backlog= is what listen() gets"
pin socat connect/announced "" fail 'stdout of server has no line "connected from' "socat says nothing on stdout"
pin socat connect/server-killed "" pass "" "reuseaddr was asked for"
all_pinned socat
while read -r family; do
	count socat close/half-close "$family" "tcp.srcport == 7" tcp.len 27
	count socat close/half-close-late "$family" "tcp.srcport == 7 && !tcp.analysis.retransmission" tcp.len 262144
	count socat backlog/disconnect-echo "$family" "tcp.dstport == 50005" tcp.len 8
done <families

# One process writes into a pipe and reads from it. When the client does not read in time the pipe fills up, and socat waits in
# write() for somebody who would read: itself. How full it gets is luck, so half-close-late is not asked (docs/third-party.md).
checks=$((checks + 1))
"$sockproof" run close/half-close connect/server-killed backlog/disconnect-echo --deadline 3 --out pipe.out --format json \
	--impl 'tcp-echo=socat TCP6-LISTEN:{port},fork,reuseaddr,ipv6only=0 PIPE' >pipe.json 2>err </dev/null ||
	problem "socat PIPE: something of half-close, server-killed, disconnect-echo does not pass" pipe.json err
finish
