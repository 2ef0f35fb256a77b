#!/bin/bash
# SPDX-License-Identifier: MIT
# faulty.sh - every deliberately broken program of servers/ fails, where and for the reason that its contract names
#
# `sockproof audit` judges: each faulty program dies in its dies_in for its reason, no correct one fails, and no contract has more
# idle expectations, which no faulty program breaks, than it says (idle_expectations). Here is what an audit cannot see: a source
# that no contract names, a declaration that names none, and whether somebody who does not ask for faulty programs meets them.
#   tests/self/faulty.sh [CONTRACT | CONTRACT.ROLE=@NAME…]   only these; of a program named by itself only its fate is judged
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq lua5.4
need_wire

lua5.4 "$root/tests/self/faults.lua" "$root"/servers/*/contract.lua | LC_ALL=C sort >faults
[ "${PIPESTATUS[0]}" = 0 ] || problem "the contracts cannot be read, or a reason in them is none"
checks=$((checks + 1))

# each source in faulty/ is declared, and each declaration has its source
for source in "$root"/servers/*/faulty/*.c; do
	contract=$(basename "$(dirname "$(dirname "$source")")")
	program=$(basename "$source" .c)
	checks=$((checks + 1))
	awk -F '\t' -v c="$contract" -v p="$program" '$1 == c && $4 == p { found = 1 } END { exit !found }' faults ||
		problem "servers/$contract/faulty/$program.c is in no contract"
done
while IFS=$'\t' read -r contract role name program scenario reason _; do
	checks=$((checks + 1))
	[ -f "$root/servers/$contract/faulty/$program.c" ] || problem "$contract.$role=@$name: servers/$contract/faulty/$program.c is not there"
	if [ "$scenario" = - ] || [ "$reason" = - ]; then
		problem "$contract.$role=@$name: its contract does not say dies_in and reason"
	fi
done <faults

# nobody who does not ask for them meets them: `show` tells what a scenario is there for, but no case of theirs
for words in "list" "show close/half-close" "run close/half-close -k ipv4 --no-out --format json"; do
	# shellcheck disable=SC2086
	sp $words
	checks=$((checks + 1))
	[ "${words%% *}" != show ] || { sed -n '/^[0-9]* cases\{0,1\}:$/,$p' out >cases && mv cases out; }
	[ -s out ] || problem "sockproof $words says nothing" err
	! grep -q -e faulty -e spin-on-eof out || problem "sockproof $words speaks of faulty programs" out
done

# contracts, and CONTRACT.ROLE=@NAME of each program; all when none is named
cut -f 1 faults | uniq >contracts
awk -F '\t' '{ print $1 "." $2 "=@" $3 }' faults >programs
if [ $# -gt 0 ]; then
	for word; do
		grep -qxF -e "$word" contracts programs || problem "there is no $word: name contracts, or programs as CONTRACT.ROLE=@NAME"
	done
	printf '%s\n' "$@" >wanted
	awk -F '[\t.=]' 'NR == FNR { whole[$0] = 1; next } ($1 in whole) || ($0 in whole)' wanted programs >some && mv some programs
	awk 'NR == FNR { wanted[$0] = 1; next } $0 in wanted' wanted contracts >whole
	cut -d . -f 1 programs | uniq >contracts
else
	cp contracts whole
fi
if [ ! -s contracts ]; then
	finish
fi

# most of the time is deadlines that pass: many at once cost little more than one
mapfile -t contracts <contracts
# the audit reads the scenarios of the tree, whatever folder this is
sp audit "${contracts[@]}" -j 32 --format json
mv out audit.json
if ! jq -e . audit.json >/dev/null 2>&1; then
	problem "no report, exit status $status" err
	finish
fi

# what became of each program, and what was said where it died
jq -r '
	.contracts[] | .contract as $contract | .programs[] | select(.correct | not) |
	["\($contract).\(.role)=@\(.program | sub("^[^:]*:"; ""))", .fate,
		([.cells[] | .scenario as $s | .deaths[] | "\($s):\(.line): \(.reason)"] | unique | .[:5] | join("; "))] | join("\t")' audit.json >fates
while read -r program; do
	checks=$((checks + 1))
	fate=$(awk -F '\t' -v p="$program" '$1 == p' fates)
	case $(cut -f 2 <<<"$fate") in
	"as declared") ;;
	"not played") # what this machine cannot tell is not told of it; root can be told all
		if [ "$(id -u)" = 0 ] || awk -F '\t' -v p="$program" '$1 "." $2 "=@" $3 == p { exit $7 != "-" }' faults; then
			problem "$program was not played"
		fi ;;
	"") problem "$program was not judged" ;;
	*) problem "$program: $(cut -f 2- <<<"$fate" | tr '\t' ' '); it should die as its contract says" ;;
	esac
done <programs

while read -r contract; do
	checks=$((checks + 3))
	jq -r --arg c "$contract" '
		.contracts[] | select(.contract == $c) | .programs[] | .program as $p | .cells[] | .scenario as $s |
		(select(.error) | "\($p) in \($s): error: \(.error)"),
		(select(.outcome == "fails").deaths[] | "\($p) in \($s): \(.reason): \(.command)")' audit.json >wrong
	[ ! -s wrong ] || problem "$contract: correct programs fail, or the harness erred" wrong
	jq -r --arg c "$contract" '
		.contracts[] | select(.contract == $c and .judged and .idle > .allowed) |
		"\(.idle) of \(.expectations) expectations; idle_expectations is \(.allowed)",
		(.scenarios[] | .file as $f | .expectations[] | select(.broken == 0) | "\($f):\(.line): \(.text)")' audit.json >idle
	[ ! -s idle ] || problem "$contract: more expectations than it says are idle" idle
	holds "$contract: its number of idle expectations was not judged" \
		jq -e --arg c "$contract" '.contracts[] | select(.contract == $c).judged' audit.json
done <whole
# each of these is told above, unless only some programs were asked for
checks=$((checks + 1))
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || [ $# -gt 0 ] || problem "the audit's exit status is $status, and nothing says why" err
finish
