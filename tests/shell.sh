# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shell.sh - what the scripts of tests/self and tests/e2e share; sourced by them, after `set -u`
#
# $SOCKPROOF is the command (build/sockproof when unset), $root the source tree, $work a folder that is gone at the end.
# A check that does not hold calls `problem`, the script goes on, and `finish` makes the exit status:
# 0 all held, 1 not, 77 this machine cannot try.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sockproof=$(realpath "${SOCKPROOF:-$root/build/sockproof}")
[ -x "$sockproof" ] || { echo "$sockproof is not there; build first, or set SOCKPROOF" >&2; exit 1; }
SOCKPROOF_ROOT=${SOCKPROOF_ROOT:-$root}
export SOCKPROOF_ROOT
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C.UTF-8 NO_COLOR=1
failed=0 checks=0
cd "$work" || exit 1

# problem TEXT [FILE…]: it does not hold; the files are shown
problem() {
	echo "✗ $1" >&2
	shift
	for file; do
		[ ! -s "$file" ] || head -c 4000 "$file" | sed 's/^/    /' >&2
	done
	failed=$((failed + 1))
}

finish() {
	echo "$(basename "$0"): $checks checks, $failed of them do not hold"
	[ "$failed" -eq 0 ] || exit 1
	exit 0
}

cannot() {
	echo "skipped: $1"
	exit 77
}

# need TOOL…: all of them, or this test cannot be tried
need() {
	for tool; do
		command -v "$tool" >/dev/null || cannot "$tool is not installed; ci/setup installs it"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || cannot "only root can make what this test needs"
}

# The wire of the harness's own: namespaces and /dev/net/tun.
need_wire() {
	"$sockproof" doctor >doctor.out 2>&1 || cannot "sockproof doctor: no scenario runs here"
	grep -q '^  ok   tun' doctor.out || cannot "no /dev/net/tun here"
}

# sp ARGUMENT…: run the command; $status, the files out and err
sp() {
	status=0
	"$sockproof" "$@" >out 2>err </dev/null || status=$?
}

# exits STATUS WHAT: the last sp ended so
exits() {
	checks=$((checks + 1))
	[ "$status" = "$1" ] || problem "$2: exit status $status, not $1" out err
}

# says FILE TEXT WHAT: that file has this text
says() {
	checks=$((checks + 1))
	grep -qF -e "$2" "$1" || problem "$3: \"$2\" is not in what it wrote" "$1"
}

# holds WHAT COMMAND…: the command succeeds
holds() {
	checks=$((checks + 1))
	"${@:2}" >holds.out 2>&1 || problem "$1" holds.out
}

# Wait for a fact, not longer than 20 s: `until_true COMMAND…`. The pause only spares the machine; nothing depends on it.
until_true() {
	local end=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -rt 0.02 <> <(:) || true
	done
}
