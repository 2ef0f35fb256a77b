#!/bin/bash
# SPDX-License-Identifier: MIT
# verdicts.sh - the tester tests its own pass, fail, skip and error: each script of tests/self/verdicts/ ends as its head says
#
# Head of a script:
#   -- verdict: pass | fail | skip | error | usage      usage: refused before anything runs, exit status 2
#   -- reason: TEXT                  all of the reason; "…" stands for anything
#   -- explanation has: TEXT         may come several times
#   -- needs: root                   not played for others
# A line that ends in --<- is the line that the verdict must point to.
#   tests/self/verdicts.sh [NAME…]         only these
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq socat ncat valgrind getent
need_wire
scripts=$root/tests/self/verdicts
ln -s "$(dirname "$sockproof")/tests/self-programs" programs
export SECRET_OF_THE_HARNESS=1

head_of() {
	sed -n "s/^-- $2: //p" "$1"
}

# fits REASON PATTERN: all of it, "…" stands for anything
fits() {
	local pattern
	pattern=$(printf '%s' "$2" | sed -e 's/[][\\.*^$]/\\&/g' -e 's/…/.*/g')
	printf '%s\n' "$1" | grep -qx -e "$pattern"
}

marked_line() {
	grep -n -e '--<-$' "$1" | cut -d: -f1
}

# A file that is refused: "sockproof: PATH:LINE: REASON" on stderr, nothing on stdout.
check_usage() {
	local file=$1 reason at
	sp run "$file" --no-out --format json
	exits 2 "$name"
	checks=$((checks + 2))
	[ ! -s out ] || problem "$name: it says something on stdout" out
	at=$(marked_line "$file")
	reason=$(head -n 1 err)
	fits "$reason" "sockproof: $file:${at:-…}: $(head_of "$file" reason)" || fits "$reason" "sockproof: $file: $(head_of "$file" reason)" ||
		problem "$name: expected \"$file:${at:-…}: $(head_of "$file" reason)\"" err
}

# Each case of the script, as the report has it.
check_cases() {
	local file=$1 verdict wanted line reason at seen=0
	wanted=$(head_of "$file" verdict) at=$(marked_line "$file")
	while IFS= read -r one; do
		seen=$((seen + 1)) checks=$((checks + 1))
		verdict=$(jq -r .verdict <<<"$one") line=$(jq -r .line <<<"$one") reason=$(jq -r .reason <<<"$one")
		if [ "$verdict" != "$wanted" ]; then
			problem "$name: $verdict, not $wanted: $file:$line: $reason"
			jq -r '.explanation // empty' <<<"$one" | head -n 20 | sed 's/^/    /' >&2
			continue
		fi
		[ "$verdict" != pass ] || continue
		fits "$reason" "$(head_of "$file" reason)" || problem "$name: it says \"$reason\", not \"$(head_of "$file" reason)\""
		[ -z "$at" ] || [ "$line" = "$at" ] || problem "$name: it points to line $line, not $at ($reason)"
		while IFS= read -r words; do
			jq -r '.explanation // ""' <<<"$one" | grep -qF -e "$words" ||
				problem "$name: its explanation has not \"$words\": $(jq -r .explanation <<<"$one")"
		done < <(head_of "$file" "explanation has")
	done < <(jq -c --arg name "$name" '.cases[] | select(.scenario == $name)' report.json)
	[ "$seen" -gt 0 ] || problem "$name: it was not played"
}

if [ $# -gt 0 ]; then
	files=("${@/%/.lua}") && files=("${files[@]/#/$scripts/}")
else
	files=("$scripts"/*.lua)
fi
if [ "$(id -u)" != 0 ]; then
	mapfile -t files < <(grep -L '^-- needs: root$' "${files[@]}")
fi
playable=()
for file in "${files[@]}"; do
	[ "$(head_of "$file" verdict)" = usage ] || playable+=("$file")
done
if [ ${#playable[@]} -gt 0 ]; then
	sp run "${playable[@]}" --no-out --format json -j 8
	mv out report.json
	jq -e . report.json >/dev/null || problem "no report, exit status $status" err
fi
for file in "${files[@]}"; do
	name=$(basename "$file" .lua)
	if [ "$(head_of "$file" verdict)" = usage ]; then
		check_usage "$file"
	else
		check_cases "$file"
	fi
done
finish
