#!/bin/bash
# SPDX-License-Identifier: MIT
# hostile.sh - the programs of tests/hostile, graded together with two honest ones, by root and by a user: each gets its mark and a
# reason, nothing gets out, nothing stays, and the honest ones get what they get alone. Then each attack once more without a jail, where
# it must succeed.
set -u
# In processes, mounts and a network of this test's own, so that what is left there is ours.
if [ "$(id -u)" = 0 ] && [ -z "${ALONE:-}" ]; then
	ALONE=1 exec unshare -m -n -p -f --kill-child --mount-proc --propagation private "$0"
fi
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq python3 gcc make script ip unshare flock setpriv
need_root
need_wire

AWAY=198.51.100.1
if ! ip link set lo up || ! ip address add "$AWAY/32" dev lo; then cannot "no network of its own here"; fi

# Where attackers would like to get: a tree with the tests, a solution, results, a folder that anybody may write to.
chmod 755 "$work"
mkdir -p tree/servers bin handed-in canary bare tmp
cp "$sockproof" "$sockproof-grade" bin/
sockproof=$work/bin/sockproof
cp -r "$root/scenarios" tree/
cp -r "$root/servers/tcp-echo" tree/servers/
cp -r "$root/tests/hostile" tree/
cp tree/servers/tcp-echo/poll.c solution.c
chmod -R a+rX tree solution.c
chmod 1777 canary tmp
SOCKPROOF_ROOT=$work/tree
export SOCKPROOF_ROOT HOSTILE_SECRET=not-for-submissions
hostile=$work/tree/hostile
NAME=hostile-$$-$RANDOM

cat >listener.py <<'EOP'
import os, selectors, socket, sys
port, name, path, heard = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
chosen = selectors.DefaultSelector()
def on(family, kind, address):
    s = socket.socket(family, kind)
    s.bind(address)
    if kind == socket.SOCK_STREAM:
        s.listen(100)
    chosen.register(s, selectors.EVENT_READ)
    return s
tcp = on(socket.AF_INET, socket.SOCK_STREAM, ("", port))
on(socket.AF_INET, socket.SOCK_DGRAM, tcp.getsockname())
on(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + name)
on(socket.AF_UNIX, socket.SOCK_STREAM, path)
os.chmod(path, 0o777)
print(tcp.getsockname()[1], flush=True)
while True:
    for key, _ in chosen.select():
        with open(heard, "a") as f:
            if key.fileobj.type == socket.SOCK_DGRAM:
                f.write("udp: %r\n" % (key.fileobj.recvfrom(100),))
            else:
                c, peer = key.fileobj.accept()
                f.write("%s %r\n" % (key.fileobj.getsockname(), peer))
                c.close()
EOP
python3 listener.py 0 "$NAME" "$work/canary/socket" "$work/heard" >port &
listener=$!
disown "$listener"
trap 'kill "$listener" 2>/dev/null; rm -rf "$work"' EXIT
until_true test -s port || cannot "nobody can listen here"

# where FOLDER TMP OUT: what attackers know
where() {
	cat >"$1/where.h" <<EOW
#define ROOT "$work/tree"
#define OUT "$3"
#define CANARY "$work/canary"
#define SOLUTION "$work/solution.c"
#define VICTIM $victim
#define SECRET "HOSTILE_SECRET"
#define TMP "$2"
#define PORT $(cat port)
#define AWAY "$AWAY"
#define NAME "$NAME"
EOW
	sed -n 's/#define \([A-Z]*\) "*\([^"]*\)"*/\1 = \2/p' "$1/where.h" >"$1/where.mk"
}

# lay NAME INTO TMP OUT: the submission NAME as somebody would hand it in
lay() {
	mkdir -p "$2"
	cp "$hostile/$1"/* "$hostile/attack.h" "$2/"
	[ -e "$2/server.c" ] || cp tree/servers/tcp-echo/poll.c "$2/server.c"
	where "$2" "$3" "$4"
}

attacks=()
for folder in "$hostile"/*/; do
	name=$(basename "$folder")
	case $name in archives | forges-findings) continue ;; esac
	attacks+=("$name")
done
python3 "$hostile/archives/make.py" handed-in tree/servers/tcp-echo/poll.c "$work/canary" "$work/solution.c" ||
	problem "the archives could not be made"
for name in honest faulty; do mkdir -p "handed-in/$name"; done
cp tree/servers/tcp-echo/poll.c handed-in/honest/server.c
cp tree/servers/tcp-echo/faulty/serial-server.c handed-in/faulty/server.c

# What a jail on this machine lacks is no fault of the grader, when it is said.
lacks() {
	grep -qF "$1" doctor.out grade.out grade.err
}

# What succeeds because of that.
allowed() {
	local text='^$'
	if lacks "a limit of processes"; then text+='|fork-bomb: BREACH'; fi
	if lacks "a filter of system calls"; then text+='|raw-packets: BREACH: namespaces|raw-packets: BREACH: a raw|types-keys: BREACH: typed'; fi
	if lacks "another user"; then text+='|attacks-grader: BREACH: process 1 can be sent signals'; fi
	grep -vE -e "$text"
}

# Results without what differs from one run to the next.
words() {
	jq -S --arg name "$2" '.marks[] | select(.name == $name) | del(.at_ns, .digest, (.. | .duration_ns?))' "$1/marks.json"
}

# The honest ones, alone.
for name in honest faulty; do
	sp grade "$hostile/assignment.lua" "handed-in/$name" --deadline 10 --out "alone-$name"
	holds "$name alone: no results" test -s "alone-$name/marks.json"
	words "alone-$name" "$name" >"$name.alone"
done

surroundings() {
	cut -d ' ' -f 5,9- /proc/self/mountinfo | LC_ALL=C sort
	ip -o address
	ls -A /dev/shm /dev/mqueue 2>/dev/null
}
processes() {
	local pid
	for pid in $(ps -eo pid=); do
		{ tr '\0' ' ' <"/proc/$pid/cmdline" && echo; } 2>/dev/null
	done | grep -v -e '^$' | LC_ALL=C sort
}
# cgroups that no run holds a lock on
groups_left() {
	find /sys/fs/cgroup -maxdepth 6 -type d -name 'sockproof-jail-*' 2>/dev/null |
		while read -r g; do flock -n "$g" echo "$g" 2>/dev/null; done
}
# what there is outside of --out, and when it was changed last
files() {
	find tree handed-in solution.c canary bare tmp /etc /home -xdev -printf '%p %T@ %s %m %U\n' 2>/dev/null | LC_ALL=C sort
}
no_group_left() {
	groups_left | LC_ALL=C sort >after.groups
	LC_ALL=C comm -13 before.groups after.groups >differs
	[ ! -s differs ]
}

marks=graded/marks.json
# marked NAME POINTS TEXT: its points, and TEXT (an extended regular expression) in the first test that is no pass
marked() {
	checks=$((checks + 1))
	got=$(jq -r --arg n "$1" '.marks[] | select(.name == $n) | "\(.earned_thousandths / 1000) " +
		([.tests[] | select(.status != "passed") | .status + ": " + .summary] | first // "passed")' "$marks" 2>&1)
	if [ "${got%% *}" != "$2" ]; then
		problem "$1: not $2 points: $(head -c 600 <<<"$got")"
	elif ! grep -qE -e "$3" <<<"$got"; then
		problem "$1: the reason is not \"$3\": $(head -c 600 <<<"$got")"
	fi
}
# output NAME TEXT: what its build printed, or why it was refused
output() {
	checks=$((checks + 1))
	jq -e --arg n "$1" --arg t "$2" '.marks[] | select(.name == $n) | .output // "" | test($t)' "$marks" >/dev/null ||
		problem "$1: its output is not \"$2\": $(jq -c --arg n "$1" '.marks[] | select(.name == $n) | .output' "$marks" | head -c 600)"
}

# refused NAME WHY: an archive that is not taken
refused() {
	marked "archive-$1" 0 "^0 not run: .*$2"
}

# judge WHO COMMAND…: all of them, graded by WHO, by "COMMAND… sockproof"
judge() {
	who=$1
	shift
	"$@" sleep 100000 &
	victim=$!
	disown "$victim"
	for name in "${attacks[@]}"; do lay "$name" "handed-in/$name" /tmp "$work/graded"; done
	rm -rf graded && mkdir -m 777 graded
	surroundings >before.surroundings
	groups_left | LC_ALL=C sort >before.groups
	files >before.files
	processes >before.processes

	# All of them in one run, at a terminal, as staff would: whatever is typed there comes first in the file typed.
	cat >run.sh <<EOR
$* "$sockproof" grade "$hostile/assignment.lua" handed-in/* --deadline 10 --out graded --format gradescope --format junit >grade.out 2>grade.err
echo \$? >grade.status
IFS= read -r -t 1 line
printf '%s' "\$line" >typed
EOR
	began=$SECONDS
	script -qec "bash run.sh" typescript >script.out </dev/null
	took=$((SECONDS - began))
	echo "graded by $who in $took s"
	status=$(cat grade.status)
	cat grade.out grade.err >both
	checks=$((checks + 1))
	[ "$status" = 1 ] || problem "all together: exit status $status, not 1" both

	for what in "another user" "a limit of processes" "a limit of memory" "a filter of system calls"; do
		lacks "$what" && echo "not held here, and the grader says so: $what"
	done

	marked honest 40 '^40 passed$'
	for name in attacks-grader disk-filler ignores-signals looks-around makefile raw-packets reads-tests sends-home squats-ports types-keys \
		archive-setuid; do
		marked "$name" 40 '^40 passed$'
	done
	marked daemon 30 'server children is \{ alive = 1, '
	marked fork-bomb 30 'server children is \{ alive = [0-9]+, '
	marked escapes 0 'server exited with 3 before it listened'
	marked forges-results 0 'server exited with 0 before it listened'
	marked holds-stdout 0 'server exited with 0 before it listened'
	marked memory-bomb 0 'server (was killed by SIGKILL|exited with 1) before it listened'
	marked stdout-flood 0 'server did not listen on port 7 within'
	marked stops-itself 0 'server did not listen on port 7 within'
	marked includes-hidden 0 'does not build'
	output includes-hidden 'solution.c: No such file or directory'
	marked makefile-links 0 'does not build'
	output makefile-links 'is a symbolic link'
	marked makefile-endless 0 'does not build'
	output makefile-endless '20 s'
	marked makefile-fills 0 'does not build'
	output makefile-fills 'No space left on device'
	refused absolute "leads out of the submission: its path begins with '/'"
	refused bomb "entry 'zeros.c' is larger than 16 MiB"
	refused device "entry 'null' is a device"
	refused dotdot "leads out of the submission"
	refused escapes 'control character in its name'
	refused fifo "entry 'fifo' is a FIFO"
	refused hardlink "entry 'solution.c' is a hard link"
	refused many 'more than 2000 files and folders'
	refused symlink "entry 'solution.c' is a symbolic link"
	refused symlink-through "entry 'out' is a symbolic link"

	# Honest ones: the same words, not only the same marks.
	for name in honest faulty; do
		words graded "$name" >"$name.together"
		checks=$((checks + 1))
		diff "$name.alone" "$name.together" >differs || problem "$name: graded beside the others it is told something else" differs
	done

	# The attacks were made, and none succeeded.
	for name in "${attacks[@]}"; do
		[ "$name" != includes-hidden ] || continue # the compiler does, and does not tell
		holds "$name: it did not try" grep -rqs -e 'tried: ' "graded/$name/evidence" --include=*.stderr --include=*.stdout
	done
	checks=$((checks + 1))
	grep -ros -e '^BREACH: .*' graded/*/evidence --include=*.stderr --include=*.stdout |
		sed 's|/evidence/.*:BREACH|: BREACH|' | sort | uniq -c | allowed >breaches
	[ ! -s breaches ] || problem "attacks succeeded" breaches

	# Taken together by several processes: held where there is a cgroup; where not, staff are told.
	checks=$((checks + 1))
	if grep -rqs '^together: ' graded/memory-bomb/evidence && ! lacks "a limit of memory"; then
		problem "memory-bomb: four processes together had more than the limit, and nobody was told" doctor.out
	fi

	# Nothing is left, nothing was changed, nobody was reached.
	processes >after.processes
	surroundings >after.surroundings
	files >after.files
	for what in processes surroundings files; do
		checks=$((checks + 1))
		diff "before.$what" "after.$what" >differs || problem "$what are not what they were" differs
	done
	checks=$((checks + 3))
	until_true no_group_left || problem "cgroups are left" differs
	[ ! -s heard ] || problem "somebody was reached" heard
	[ ! -s typed ] || problem "something was typed" typed
	holds "the victim is dead" kill -0 "$victim"
	holds "it took $took s" test "$took" -lt 300
	# a flood is kept to its first MiBs
	checks=$((checks + 1))
	find graded -size +64M -print >large
	[ ! -s large ] || problem "files that are too large" large

	# What is written for others is whole, and says nothing that a terminal obeys.
	for file in graded/marks.json graded/*/marks.json graded/*/results.json; do
		holds "$file is no JSON" jq -e . "$file"
	done
	# marks.json keeps what was said byte for byte, in JSON's writing; what others read says it in words
	jq -r '.. | strings' graded/*/results.json >texts
	for file in grade.out grade.err $marks texts; do
		checks=$((checks + 1))
		LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$file" | cat -v >escapes
		[ ! -s escapes ] || problem "control characters in $file" escapes
	done
	holds "junit.xml is no XML" python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' graded/junit.xml
	checks=$((checks + 1))
	grep -rlF -e '<img src=x' -e '<script>alert(1)' graded --include='*.html' >escapes
	[ ! -s escapes ] || problem "a submission's HTML is in a page" escapes
	holds "forged marks count" jq -e '[.marks[] | select(.name == "forges-results") | .tests[].earned_thousandths] | add == 0' $marks
	kill "$victim"
}
judge root env
# A minute more: with HOSTILE_USER=1, as ci/soak has it.
if [ -n "${HOSTILE_USER:-}" ] && setpriv --reuid 65534 --regid 65534 --clear-groups "$sockproof" doctor >doctor.user 2>&1; then
	judge "a user" setpriv --reuid 65534 --regid 65534 --clear-groups
else
	echo "not graded by an ordinary user: HOSTILE_USER=1 asks for it, and users must be allowed namespaces"
fi

# What valgrind finds is a test too, and its log may lie where the program can write.
if command -v valgrind >/dev/null; then
	lay forges-findings findings/forges-findings /tmp "$work/found"
	mkdir findings/honest
	cp solution.c findings/honest/server.c
	sp grade "$hostile/findings.lua" findings/* --deadline 20 --out found
	marks=found/marks.json
	marked forges-findings 10 '^10 failed: '
	marked honest 20 '^20 passed$'
fi

# Names that stand in the way of the results of all.
for name in marks.json report junit.xml $'\033[31mred' 'a"b<c>&d'; do
	mkdir -p "named/$name"
	cp solution.c "named/$name/server.c"
done
sp grade "$hostile/assignment.lua" named/* --only "listens where it is told" --deadline 10 --format junit --out names
exits 0 "names that stand in the way of results"
holds "submissions called like results: not all have marks" jq -e '[.marks[].earned_thousandths] == [10000, 10000, 10000, 10000, 10000]' names/marks.json

# Each once more without a jail: what it says it would do, it does. All it can reach by that is in this test's folder.
mkdir -p open/forges-results open/honest
cp graded/honest/marks.json open/honest/
# bare NAME COMPILER'S…: made and laid out, in bare/NAME, not started
bare() {
	name=$1
	lay "$name" "bare/$name" "$work/tmp" "$work/open"
	sed -i "s/VICTIM.*/VICTIM $victim/" "bare/$name/where.h"
	sed -i "s/VICTIM.*/VICTIM = $victim/" "bare/$name/where.mk"
	[ "$name" = includes-hidden ] || [ -e "bare/$name/Makefile" ] ||
		gcc -std=gnu17 -D_GNU_SOURCE -O2 "${@:2}" -o "bare/$name/server" "bare/$name"/*.c || problem "$name does not compile"
}
# begin COMMAND…: in the folder of bare NAME, in the background, in a session of its own
begin() {
	(cd "bare/$name" && exec setsid "$@" >stdout 2>stderr </dev/null) &
	begun=$!
	disown "$begun"
}
end() {
	kill -KILL -- "-$begun" 2>/dev/null
	until_true group_gone
}
group_gone() {
	! pgrep -g "$begun" -r R,S,D,T,t >/dev/null
}
# succeeds COMMAND…: now the attack was one
succeeds() {
	checks=$((checks + 1))
	until_true "$@" || problem "$name, without a jail: it does no harm, so its being held proves nothing" "bare/$name/stderr"
}
said() {
	grep -qsE "^BREACH: .*$1" "bare/$name/stderr"
}
sleep 100000 &
victim=$!
disown "$victim"
trap 'kill "$listener" "$victim" 2>/dev/null; rm -rf "$work"' EXIT

tries() { # NAME PORT TEXT COMPILER'S…
	bare "$1" "${@:4}"
	begin ./server "$2" 5
	succeeds said "$3"
	end
}
tries fork-bomb 7001 '[0-9]{3} processes' -DMOST=300
tries disk-filler 7002 'bytes' '-DMOST=(20L<<20)'
tries looks-around 7003 '/proc/self/environ tells the secret'
tries looks-around 7003 '/proc/1/fd/0 can be followed'
tries reads-tests 7004 "$work/solution.c can be read"
tries reads-tests 7004 "/open/honest/marks.json can be read"
tries squats-ports 7005 'abstract name'
tries sends-home 7006 '127.0.0.1 is reached'
tries sends-home 7006 "$AWAY is reached"
tries raw-packets 7007 'a raw socket'
tries raw-packets 7007 'namespaces of its own'
tries forges-results 7008 'open/marks.json could be written'
tries memory-bomb 7009 'by one process' '-DMOST=(64L<<20)'
checks=$((checks + 1))
grep -qs '^together: ' bare/memory-bomb/stderr ||
	problem "memory-bomb, without a jail: its children have less than they want" bare/memory-bomb/stderr
tries attacks-grader 7010 "process $victim was killed"
holds "something was heard by nobody" test -s heard

bare daemon
begin ./server 7011 5
until_true grep -q listening bare/daemon/stdout
kill -KILL "$begun"
rm -f canary/daemon
succeeds test -e canary/daemon
pkill -KILL -x server # of this test's own pid namespace, all of them
bare ignores-signals
begin ./server 7012 5
until_true grep -q listening bare/ignores-signals/stdout
kill -TERM "$begun"
succeeds kill -0 "$begun"
end
bare holds-stdout
checks=$((checks + 1))
timeout 1 cat <(bare/holds-stdout/server 2>&1) >/dev/null
[ $? = 124 ] || problem "holds-stdout, without a jail: nobody waits for it"
pkill -KILL -x server
bare stops-itself
begin ./server 7013 5
succeeds grep -q '^State:.T' "/proc/$begun/status"
end
bare escapes
begin ./server 7014 5
succeeds grep -q $'\033\\[2J' bare/escapes/stdout
bare types-keys
if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
	(cd bare/types-keys && timeout 3 script -qec './server 7015 5 2>stderr' typescript >/dev/null 2>&1 </dev/null)
	succeeds said 'typed 24 keys'
else
	echo "not tried: this kernel lets nobody type for others (dev.tty.legacy_tiocsti)"
fi
bare makefile
rm -f canary/makefile
begin make
succeeds test -e canary/makefile
succeeds said 'it reads what it must not'
until_true test -e canary/makefile-left
end
bare includes-hidden
checks=$((checks + 1))
gcc -E bare/includes-hidden/server.c >included.c 2>/dev/null
grep -q listen_on included.c || problem "includes-hidden, without a jail: it includes nothing"
rm -f canary/archive
holds "archive-absolute, taken by tar: nothing happens" tar -C tmp -xPf handed-in/archive-absolute.tar
holds "archive-absolute, taken by tar: it does no harm" test -e canary/archive
[ -z "${KEEP:-}" ] || { rm -rf "$KEEP"; cp -r "$work" "$KEEP"; }
finish
