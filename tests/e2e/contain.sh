#!/bin/bash
# SPDX-License-Identifier: MIT
# contain.sh - what programs under test cannot do: reach the harness or the machine, speak for another host, take the case's room;
# those that root starts, those of a user, those in a guest
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq setpriv
need_root
need_wire

# A copy that nobody (uid 65534) can read and run, wherever the source tree is.
chmod 755 "$work"
mkdir -p tree/scenarios bin
cp "$sockproof" bin/
cp "$(dirname "$sockproof")"/tests/self-programs/{reaches,spoofs,fills,forks} bin/
cp "$root"/tests/e2e/contain/*.lua tree/scenarios/
sed -i "s|programs/|$work/bin/|g" tree/scenarios/*.lua
chmod -R a+rX tree bin
export SOCKPROOF_ROOT=$work/tree
sockproof=$work/bin/sockproof

# judged SCENARIO VERDICT CASES TEXT: so many cases of it in the file out have that verdict, and TEXT in their reason
judged() {
	checks=$((checks + 1))
	jq -e --arg s "$1" --arg v "$2" --argjson n "$3" --arg r "$4" \
		'[.cases[] | select(.scenario == $s and .verdict == $v and (.reason | contains($r)))] | length == $n' out >/dev/null && return
	problem "$who: $1 is not \"$2: $4\""
	jq -r --arg s "$1" '.cases[] | select(.scenario == $s) | .verdict + ": " + .reason' out >&2
}

# judges WHO COMMAND…: all of them, by "COMMAND… sockproof run"
judges() {
	who=$1
	run_as "${@:2}" "$sockproof" run tree/scenarios --no-out --format json "${more[@]}"
	exits 1 "$who"
	judged reaches pass 2 ""
	judged left-with pass 2 ""
	judged spoofs fail 1 "p exited with 1"
	judged spoofs fail 1 "server sent it under the address of client"
	judged left-spoofs fail 2 "server sent it under the address of client"
	judged fills fail 1 "writing question: No space left on device"
	judged forks "$forks" 1 ""
}

run_as() {
	status=0
	"$@" >out 2>err </dev/null || status=$?
}

# pid namespaces that count by themselves are there since Linux 6.14
forks=pass
[ "$(printf '%s\n' 6.14 "$(uname -r)" | sort -V | head -n 1)" = 6.14 ] || forks=fail
more=()
judges root env
judges "root without CAP_SETPCAP" setpriv --bounding-set=-setpcap
if setpriv --reuid 65534 --regid 65534 --clear-groups "$sockproof" doctor >doctor.user 2>&1; then
	judges "a user" setpriv --reuid 65534 --regid 65534 --clear-groups
else
	echo "not tried: this machine refuses user namespaces to users"
fi
if grep -q '^  ok   kernel' doctor.out && grep -q '^  ok   qemu' doctor.out; then
	more=(--clock virtual) forks=pass
	judges "a guest" env
	judged guest-memory pass 1 ""
else
	echo "not tried: no guest here; ci/kernels fetches kernels"
fi
finish
