#!/bin/bash
# SPDX-License-Identifier: MIT
# rights.sh - without TUN, without root, without namespaces: what still works works, the rest is skipped or refused with its reason
#
# What is taken away is taken away inside namespaces that this test makes; the machine does not notice.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq setpriv unshare socat
need_root
need_wire

# A copy that nobody (uid 65534) can read and run, wherever the source tree is.
chmod 755 "$work"
mkdir -p tree/scenarios/close bin nobody
cp "$sockproof" bin/
cp "$root/scenarios/close/half-close-mirror.lua" "$root/scenarios/close/both-at-once.lua" tree/scenarios/close/
cat >tree/scenarios/program.lua <<'EOF'
return scenario {
  title = "a program serves, another asks",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t.server:run { "socat", "TCP6-LISTEN:6000,ipv6only=0,fork", "EXEC:/bin/cat", name = "srv" }:listens(6000)
    t.client:socket("c"):connect(srv):connected():send "hello":receives "hello"
    srv:kill()
  end,
}
EOF
cat >tree/crash.lua <<'EOF'
return scenario {
  title = "a child crashes, and nobody waits for it",
  world = "loop",
  matrix = { needed = { true, false } },
  run = function(t)
    if t.p.needed then t:skip_unless "accounting" end
    t.client:run { "sh", "-c", "sh -c 'kill -SEGV $$' & exec sleep 0", name = "parent" }:exits(0)
  end,
}
EOF
chmod -R a+rX tree bin
chown 65534:65534 nobody
export SOCKPROOF_ROOT=$work/tree
sockproof=$work/bin/sockproof
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# verdicts WHAT SCENARIO VERDICT: each case of that scenario in out has that verdict
verdicts() {
	checks=$((checks + 1))
	jq -e --arg s "$2" --arg v "$3" '[.cases[] | select(.scenario == $s) | .verdict] | length == 2 and all(. == $v)' out >/dev/null ||
		problem "$1: $2 is not $3" out err
}

# run_as COMMAND…: sockproof in it; $status, out, err
run_as() {
	status=0
	"$@" >out 2>err </dev/null || status=$?
}

# Root without TUN: a veth pair. What needs gates is skipped, and says what would bring them.
run_as env SOCKPROOF_NO_TUN=1 "$sockproof" run tree/scenarios --no-out --format json
exits 0 "root without TUN"
verdicts "root without TUN" close/half-close-mirror pass
verdicts "root without TUN" program pass
verdicts "root without TUN" close/both-at-once skip
says out "gates need /dev/net/tun" "root without TUN"

# Not root: through a user namespace. /dev/net/tun as it is on most machines, for root alone.
mkdir dev
in_private_mounts() {
	unshare -m --propagation private bash -c "$1" private "${@:2}"
}
tun_for_root='mount -t tmpfs none /dev/net && mknod -m 0600 /dev/net/tun c 10 200 && exec "$@"'
tun_for_all='mount -t tmpfs none /dev/net && mknod -m 0666 /dev/net/tun c 10 200 && chmod 755 /dev/net && exec "$@"'
run_as in_private_mounts "$tun_for_root" "${as_nobody[@]}" "$sockproof" run tree/scenarios --out nobody/evidence --format json
if [ "$status" = 3 ]; then
	echo "not tried: this machine refuses user namespaces to users"
else
	exits 0 "a user, TUN for root alone"
	verdicts "a user, TUN for root alone" close/half-close-mirror pass
	verdicts "a user, TUN for root alone" program pass
	verdicts "a user, TUN for root alone" close/both-at-once skip
	says out "gates need /dev/net/tun" "a user, TUN for root alone"
	holds "a user: the evidence is not there, or not the user's" test -O nobody/evidence -o "$(stat -c %u nobody/evidence/program/reference/family-ipv4/capture.pcapng)" = 65534

	run_as in_private_mounts "$tun_for_all" "${as_nobody[@]}" "$sockproof" run tree/scenarios --no-out --format json
	exits 0 "a user, TUN for all"
	verdicts "a user, TUN for all" close/half-close-mirror pass
	verdicts "a user, TUN for all" program pass
	verdicts "a user, TUN for all" close/both-at-once pass

	run_as in_private_mounts "$tun_for_root" "${as_nobody[@]}" "$sockproof" doctor
	exits 0 "doctor for a user, TUN for root alone"
	says out "as an ordinary user" "doctor for a user"
	says out "NO   tun" "doctor for a user"
	says out "NO   accounting" "doctor for a user"
	says out "scenarios run here" "doctor for a user"

	# How processes end that a program made: the kernel tells root alone.
	run_as "$sockproof" run tree/crash.lua --no-out --format json
	exits 1 "root, a child that crashes"
	verdicts "root, a child that crashes" crash fail
	says out "a child of parent crashed: it was killed by SIGSEGV" "root, a child that crashes"
	run_as "${as_nobody[@]}" "$sockproof" run tree/crash.lua --no-out --format json
	exits 0 "a user, a child that crashes"
	checks=$((checks + 1))
	[ "$(jq -r '[.cases[] | .verdict] | sort | join(" ")' out)" = "pass skip" ] ||
		problem "a user, a child that crashes: not a skip where accounting is needed and a pass where not" out
	says out "how processes end that a program makes is not known here" "a user, a child that crashes"

	# Somebody else's folder.
	mkdir -m 755 roots
	run_as "${as_nobody[@]}" "$sockproof" run tree/scenarios --out roots
	exits 2 "a folder that cannot be written to"
	says err "--out roots: Permission denied; name a folder that can be written to, or --no-out" "a folder that cannot be written to"
	run_as "${as_nobody[@]}" "$sockproof" run tree/scenarios --out roots/below
	exits 2 "a folder that cannot be made"
	says err "--out roots/below: Permission denied; name a folder that can be made, or --no-out" "a folder that cannot be made"
fi

# No namespaces at all: 3, with what would help, nothing run, nothing made. The limits are those of a user namespace of its own.
for limit in user net; do
	run_as unshare -U -r bash -c "echo 0 >/proc/sys/user/max_${limit}_namespaces && exec \"\$@\"" limited \
		setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$sockproof" run tree/scenarios --no-out --format json
	checks=$((checks + 1))
	[ "$status" = 3 ] || problem "max_${limit}_namespaces = 0: exit status $status, not 3" out err
	says err "this machine cannot: namespaces: " "max_${limit}_namespaces = 0"
	says err "mend: " "max_${limit}_namespaces = 0"
	says err "user.max_${limit}_namespaces" "max_${limit}_namespaces = 0"
	checks=$((checks + 1))
	[ ! -s out ] || problem "max_${limit}_namespaces = 0: it says something on stdout" out
done
run_as unshare -U "$sockproof" doctor
exits 3 "doctor without namespaces"
says out "NO   namespaces" "doctor without namespaces"
says out "no scenario can run here" "doctor without namespaces"
run_as unshare -U "$sockproof" list tree/scenarios
exits 0 "list needs nothing of the machine"
finish
