#!/bin/bash
# SPDX-License-Identifier: MIT
# faulty.sh - every deliberately broken program of servers/ fails, where and for the reason that its contract names
#
# In a contract, dies_in names the scenario that is there to tell this fault, and reason is part of what it must say ("…" stands
# for anything). Each program is run against that one scenario: some case fails, none is an error, and one says that reason.
#   tests/self/faulty.sh [CONTRACT.ROLE=@NAME…]   only these
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq lua5.4 xargs
need_wire

# judge CONTRACT ROLE NAME PROGRAM SCENARIO REASON: one line on stdout, empty when all is as it should be
judge() {
	local name="$1.$2=@$3" scenario=$5 reason=$6 report="$work/$1.$2.$3" status=0
	"$sockproof" run "$scenario" --impl "$name" --no-out --deadline 2 -j 16 --format json >"$report" 2>"$report.err" </dev/null ||
		status=$?
	if ! jq -e . "$report" >/dev/null 2>&1; then
		echo "$name: no report, exit status $status: $(head -c 500 "$report.err")"
	elif [ "$(jq .totals.error "$report")" != 0 ]; then
		echo "$name: the harness erred: $(jq -r '.cases[] | select(.verdict == "error") | "\(.command): \(.reason)"' "$report" | head -n 3)"
	elif [ "$(jq .totals.fail "$report")" = 0 ]; then
		echo "$name: passes all of $scenario: nothing tells it from a correct program"
	elif ! jq -e --arg reason "$reason" '
		($reason | gsub("(?<c>[^A-Za-z0-9 …])"; "\\\(.c)") | gsub("…"; ".*")) as $pattern |
		any(.cases[]; .verdict == "fail" and (.reason | test($pattern)))' "$report" >/dev/null; then
		echo "$name: no case of $scenario says \"$reason\", but:"
		jq -r '.cases[] | select(.verdict == "fail") | "  " + .reason' "$report" | sort | uniq -c | sort -rn | head -n 5
	fi
	return 0
}
export -f judge
export work sockproof

lua5.4 "$root/tests/self/faults.lua" "$root"/servers/*/contract.lua | LC_ALL=C sort >faults || problem "the contracts cannot be read" faults

# each source in faulty/ is declared, and each declaration has its source
for source in "$root"/servers/*/faulty/*.c; do
	contract=$(basename "$(dirname "$(dirname "$source")")")
	program=$(basename "$source" .c)
	checks=$((checks + 1))
	awk -F '\t' -v c="$contract" -v p="$program" '$1 == c && $4 == p { found = 1 } END { exit !found }' faults ||
		problem "servers/$contract/faulty/$program.c is in no contract"
done
while IFS=$'\t' read -r contract role name program scenario reason; do
	checks=$((checks + 1))
	[ -f "$root/servers/$contract/faulty/$program.c" ] || problem "$contract.$role=@$name: servers/$contract/faulty/$program.c is not there"
	if [ "$scenario" = - ] || [ "$reason" = - ]; then
		problem "$contract.$role=@$name: its contract does not say dies_in and reason"
	fi
done <faults

# nobody who does not ask for them meets them
for words in "list" "show close/half-close" "run close/half-close -k ipv4 --no-out --format json"; do
	# shellcheck disable=SC2086
	sp $words
	checks=$((checks + 1))
	! grep -q -e faulty -e spin-on-eof out || problem "sockproof $words speaks of faulty programs" out
done

if [ $# -gt 0 ]; then
	printf '%s\n' "$@" >wanted
	awk -F '\t' 'NR == FNR { wanted[$1] = 1; next } ($1 "." $2 "=@" $3) in wanted' wanted faults >some && mv some faults
fi
# most of the time is deadlines that pass: four at once cost little more than one
tr '\t\n' '\0\0' <faults | xargs -0 -n 6 -P 4 bash -c 'judge "$@" >"$work/verdict.$1.$2.$3"' judge || problem "xargs"
while IFS=$'\t' read -r contract role name _; do
	checks=$((checks + 1))
	verdict="verdict.$contract.$role.$name"
	[ -f "$verdict" ] || problem "$contract.$role=@$name was not judged"
	[ ! -s "$verdict" ] || problem "$(cat "$verdict")"
done <faults
finish
