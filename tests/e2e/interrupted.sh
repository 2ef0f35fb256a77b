#!/bin/bash
# SPDX-License-Identifier: MIT
# interrupted.sh - runs that are interrupted, killed, or lose a case: the report says what was done, and nothing stays behind
set -u
# In mounts and a network of this test's own, so that what is left there is ours.
if [ "$(id -u)" = 0 ] && [ -z "${ALONE:-}" ]; then
	ALONE=1 exec unshare -m -n --propagation private "$0"
fi
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq unshare pgrep
need_root
need_wire

# Every process of the run has this word in its command line: workers that of sockproof (the file's name), programs an argument.
marker=run-of-$$-$RANDOM
cat >"$marker.lua" <<EOF
return scenario {
  title = "waits for somebody who never comes",
  deadline = 100,
  matrix = { n = { 1, 2, 3, 4 } },
  run = function(t)
    t:expect(t.p.n):at_least(1)
    if t.p.n <= 2 then return end
    -- one that ignores SIGTERM, one that has left its session, one that holds the output open
    t.server:run { "/bin/sh", "-c", "trap '' TERM INT HUP; echo up; while :; do sleep 1000; done", "$marker", name = "stubborn" }
      :stdout():line "up"
    t.client:run { "/bin/sh", "-c", "setsid sh -c 'while :; do sleep 1000; done' $marker & echo up", "$marker", name = "daemon" }
      :stdout():line "up"
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)
    l:accept "s"
  end,
}
EOF

echo "$marker" >marker # grep's own command line must not have the word
processes() {
	grep -lsF -f marker /proc/[0-9]*/cmdline | grep -o '[0-9]*' | grep -vx -e $$ -e $BASHPID
}
# both cases that wait have both their programs
under_way() {
	[ "$(for pid in $(processes); do tr '\0' ' ' <"/proc/$pid/cmdline"; echo; done 2>/dev/null | grep -c -e 'echo up; while' -e "^sh -c while")" -ge 4 ]
}
none_left() {
	[ -z "$(processes)" ]
}
# mounts and links as this process sees them
surroundings() {
	{ cut -d ' ' -f 5,9- /proc/self/mountinfo && cut -d : -f 1 /proc/self/net/dev; } | LC_ALL=C sort
}
namespaces_of_run() {
	for pid in $(processes); do readlink "/proc/$pid/ns/net" "/proc/$pid/ns/pid" "/proc/$pid/ns/mnt"; done 2>/dev/null | sort -u |
		grep -vxF "$(readlink /proc/self/ns/net /proc/self/ns/pid /proc/self/ns/mnt)"
}
no_namespace_left() {
	! readlink /proc/[0-9]*/ns/net /proc/[0-9]*/ns/pid /proc/[0-9]*/ns/mnt 2>/dev/null | grep -qxF -f namespaces
}

# begin ARGUMENT…: a run in the background, in $run, with both programs of both waiting cases up. Temporary files would be in tmp.
begin() {
	rm -rf tmp && mkdir tmp
	surroundings >before
	TMPDIR=$work/tmp env --default-signal=INT "$sockproof" run "$marker.lua" -j 4 "$@" >out 2>err </dev/null &
	run=$!
	until_true under_way || problem "the run does not get under way" out err
	namespaces_of_run >namespaces
	checks=$((checks + 1))
	[ "$(wc -l <namespaces)" -ge 6 ] || problem "the run has fewer namespaces than two cases must have" namespaces
}

nothing_left() {
	checks=$((checks + 4))
	until_true none_left || problem "$1: processes are left: $(processes | xargs ps -o pid,ppid,args -p 2>/dev/null)"
	until_true no_namespace_left || problem "$1: a namespace is left" namespaces
	surroundings >after
	# what others take away meanwhile is no matter
	LC_ALL=C comm -13 before after >new
	[ ! -s new ] || problem "$1: mounts or links are left" new
	[ -z "$(ls tmp)" ] || problem "$1: temporary files are left: $(ls tmp)"
}

# Interrupted: 130, what was done is reported, in a form that can be read.
for signal in INT TERM HUP; do
	begin --no-out --format json
	kill -$signal "$run"
	wait "$run"
	status=$?
	exits 130 "SIG$signal"
	says err "interrupted; what is shown is what was done" "SIG$signal"
	holds "SIG$signal: the report is not the two cases that were done" jq -e '
		.totals == { pass: 2, fail: 0, skip: 0, error: 0 } and ([.cases[].parameters.n] == [1, 2])' out
	nothing_left "SIG$signal"
done
begin --no-out --format junit
kill -INT "$run"
wait "$run"
status=$?
exits 130 "SIGINT, junit"
checks=$((checks + 1))
if command -v xmllint >/dev/null; then xmllint --noout out 2>xml.err || problem "SIGINT: the JUnit report is not whole" out xml.err; fi
nothing_left "SIGINT, junit"

# The terminal's Ctrl-C reaches everybody in the foreground, workers too.
begin --out evidence
for pid in $(processes); do kill -INT "$pid" 2>/dev/null; done
wait "$run"
status=$?
exits 130 "SIGINT to all"
holds "SIGINT to all: the evidence of a case that was done is lost" test -s "evidence/$marker/reference/n-1/verdict.json"
nothing_left "SIGINT to all"

# Killed: it can do nothing any more, and yet nothing stays behind.
begin --out killed
kill -KILL "$run"
wait "$run" 2>/dev/null
nothing_left "SIGKILL"
holds "SIGKILL: the evidence of a case that was done is lost" test -s "killed/$marker/reference/n-1/verdict.json"
# the next run sweeps up what was half written
sp run "$marker.lua" --set n=1 --out killed
exits 0 "the run after a killed one"
checks=$((checks + 1))
[ -z "$(find killed -name '.*' ! -name killed)" ] || problem "half a case directory is left by the next run: $(find killed -name '.*')"

# A case's process that crashes or is killed is an error of that case, and of no other.
worker_of() {
	local pid=$1 parent
	# up from a program to the child of the run
	while parent=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status") && [ "$parent" != "$run" ] && [ "$parent" -gt 1 ]; do pid=$parent; done
	echo "$pid"
}
a_waiting_case() {
	for pid in $(processes); do
		tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'echo up; while' && worker_of "$pid" && return
	done 2>/dev/null
}
gone() {
	[ ! -e "/proc/$1/cmdline" ] || [ -z "$(tr -d '\0' <"/proc/$1/cmdline" 2>/dev/null)" ]
}
begin --no-out --format json
worker=$(a_waiting_case)
kill -KILL "$worker"
until_true gone "$worker" || problem "the worker is still there"
kill -INT "$run"
wait "$run"
holds "a killed worker takes others with it" jq -e '.totals.pass == 2 and .totals.fail == 0' out
nothing_left "a killed worker"

# A real crash, where there is a debugger to cause one: the worker is the first process of its namespace, which kill -SEGV does not touch.
cat >crash.lua <<EOF
return scenario {
  title = "the first case crashes, the others wait until it has", deadline = 15,
  matrix = { n = { 1, 2 } },
  run = function(t)
    t.server:run { "/bin/sh", "-c", "echo up; until [ -e $work/crashed ]; do sleep 0.01; done", "$marker-" .. t.p.n, name = "waits" }:exits(0)
  end,
}
EOF
first_is_up() {
	pgrep -f "$marker-1" >first.pid
}
for how in KILL SEGV; do
	[ $how = KILL ] || command -v gdb >/dev/null || continue
	rm -f crashed
	"$sockproof" run crash.lua -j 2 --no-out --format json >out 2>err </dev/null &
	run=$!
	until_true first_is_up || problem "crash.lua does not start" out err
	worker=$(worker_of "$(head -n 1 first.pid)")
	if [ $how = KILL ]; then
		kill -KILL "$worker"
	else
		gdb -batch -p "$worker" -ex 'set $pc = 0' -ex detach >gdb.out 2>&1
	fi
	until_true gone "$worker" || problem "SIG$how: the worker is still there" gdb.out
	: >crashed
	wait "$run"
	status=$?
	exits 4 "a worker that is ended by SIG$how"
	holds "SIG$how: not an error of the first case alone" jq -e '[.cases[] | .verdict] == ["error", "pass"]' out
	says out "the harness's process of this case was killed by signal $([ $how = KILL ] && echo 9 || echo 11)" "SIG$how"
	until_true none_left || problem "SIG$how: processes are left"
done

# One that lives and writes nonsense is killed, and the run goes on. A pipe's path in /proc gives either end of it (proc(5)): what is written there
# is read as the case's.
cat >nonsense.lua <<EOF
return scenario {
  title = "what comes of a case that waits is nonsense", deadline = 100,
  run = function(t)
    t.server:run { "/bin/sh", "-c", "echo up; read x", "$marker-1", name = "waits" }:exits(0)
  end,
}
EOF
"$sockproof" run nonsense.lua --no-out --format json >out 2>err </dev/null &
run=$!
until_true first_is_up || problem "nonsense.lua does not start" out err
worker=$(worker_of "$(head -n 1 first.pid)")
readlink /proc/$$/fd/* >mine # what all have, this test gave them
pipe=$(readlink "/proc/$worker/fd"/* | grep '^pipe:' | grep -vxF -f mine | grep -xF -f <(readlink "/proc/$run/fd"/*))
for fd in "/proc/$run/fd"/*; do
	[ "$(readlink "$fd")" != "$pipe" ] || printf 'c%.0s' {1..200} >"$fd"
done
until_true gone "$worker" || { problem "nonsense: the worker lives on"; kill -KILL "$worker"; }
wait "$run"
status=$?
exits 4 "a worker that writes nonsense"
says out "the harness's process of this case wrote what is no verdict, and was killed" "nonsense"
until_true none_left || problem "nonsense: processes are left"
finish
