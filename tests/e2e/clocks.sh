#!/bin/bash
# SPDX-License-Identifier: MIT
# clocks.sh - the same truth under both clocks: what is normalised is the same, byte for byte, whichever plays a case, and from whichever checkout
#   tests/e2e/clocks.sh [ARGUMENT…]     of `run`: these cases instead, such as: scenarios -k ipv4
# The kernels differ (this machine's, the newest of the cache), so the cases of this test are of those in which kernels agree.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq
need_wire
grep -q '^  ok   kernel' doctor.out || cannot "no kernel for the virtual clock; ci/kernels fetches them"
grep -q '^  ok   qemu' doctor.out || cannot "no QEMU; ci/setup installs it"

# compared DIR DIR WHAT: each case of the first is one of the second (which also plays what waits long), with the same trace
compared() {
	local file number=0
	while read -r file; do
		checks=$((checks + 1)) number=$((number + 1))
		cmp -s "$1/$file" "$2/$file" || problem "$3: $file is another: $(diff "$1/$file" "$2/$file" 2>&1 | head -n 20)"
	done < <(cd "$1" && find . -name trace.txt | sort)
	checks=$((checks + 1))
	[ "$number" -gt 0 ] || problem "$3: there is no trace"
}

# both WHAT ARGUMENT…: under the one clock and the other
both() {
	rm -rf real virtual
	sp run "${@:2}" --out real
	exits 0 "$1 under the real clock"
	sp run "${@:2}" --clock virtual --out virtual
	exits 0 "$1 under the virtual clock"
	compared real virtual "$1"
}

if [ $# -gt 0 ]; then
	both "what was asked for" "$@"
	finish
fi
# programs of a contract, faulty ones too; others that a scenario brings; sockets alone; loops
both "programs and sockets" connect/refused close/half-close udp/stranger accept/five-tuple -k ipv6
both "a program of one's own" close/half-close -k ipv4 --impl "tcp-echo=$(dirname "$sockproof")/servers/tcp-echo/poll {port}"
holds "the trace names it by its last part" grep -q "^  started: poll " virtual/close/half-close/*/family-ipv4/trace.txt
holds "the timeline does not say where it lies" grep -qF "$(dirname "$sockproof")/servers/tcp-echo/poll" real/close/half-close/*/family-ipv4/timeline.jsonl
if command -v perl >/dev/null; then both "a program with a locale" accept/descriptors -k ipv4; fi

# two checkouts, under the real clock
mkdir -p elsewhere/build
cp -r "$root/scenarios" elsewhere/
cp -r "$root/servers" elsewhere/
cp "$sockproof" elsewhere/build/
mkdir elsewhere/build/servers
cp -r "$(dirname "$sockproof")/servers/tcp-echo" elsewhere/build/servers/
sp run close/half-close -k ipv4 --out here
exits 0 "here"
status=0
SOCKPROOF_ROOT=$work/elsewhere elsewhere/build/sockproof run close/half-close -k ipv4 --out there >out 2>err </dev/null || status=$?
exits 0 "in another checkout"
compared here there "another checkout"
finish
