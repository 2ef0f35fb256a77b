#!/bin/bash
# SPDX-License-Identifier: MIT
# programs.sh - programs under test that are missing, die, hide, flood or will not go: each has its own words, and leaves evidence
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq ncat socat
need_wire

marker=program-of-$$-$RANDOM
echo "$marker" >marker # grep's own command line must not have the word
no_process_is_left() {
	! grep -lqsF -f marker /proc/[0-9]*/cmdline
}

# judged VERDICT STATUS TEXT WHAT COMMAND [SCENARIO]: one case, its verdict, its reason, its evidence
judged() {
	local directory
	rm -rf evidence
	sp run "${6:-close/half-close}" -k ipv4 --impl "tcp-echo=$5" --deadline 1 --out evidence --format json
	exits "$2" "$4"
	checks=$((checks + 3))
	[ "$(jq -r '.cases[0].verdict' out)" = "$1" ] || problem "$4: $(jq -r '.cases[0].verdict' out), not $1" out
	jq -r '.cases[0].reason' out | grep -qF -e "$3" || problem "$4: \"$3\" is not its reason" out
	directory=$(jq -r '.cases[0].directory' out)
	for file in verdict.json case.json timeline.jsonl trace.txt capture.pcapng; do
		[ -e "$directory/$file" ] || problem "$4: $directory/$file is not there"
	done
	until_true no_process_is_left || problem "$4: a process of it is left"
}

# What is not there is the user's mistake, not the program's: error or wrong use, never a fail.
judged error 4 "No such file or directory" "a path that is not there" "./no/such/program {port} $marker"
judged error 4 "No such file or directory" "a name that is in no PATH" "no-such-program-$$ {port} $marker"
echo "no program" >text
judged error 4 "./text" "a file that cannot be executed" "./text {port} $marker"
judged error 4 "wants {colour}" "a placeholder that nobody fills in" "/bin/cat {colour} $marker"

judged fail 1 "server exited with 3 before it listened; its last words on stderr: \"no port for me\"" "exits at once" \
	"/bin/sh -c 'echo no port for me >&2; exit 3' {port} $marker"
says evidence/close/half-close/*/family-ipv4/server.stderr "no port for me" "exits at once"
judged fail 1 "server did not listen on port 7 within 1 s" "never listens" "/bin/sh -c 'sleep 1000; :' {port} $marker"
judged fail 1 "it listens on" "listens on another port" "/bin/sh -c 'exec ncat -l -k -e /bin/cat 9' {port} $marker"
judged fail 1 "not on port 7" "listens on another port" "/bin/sh -c 'exec ncat -l -k -e /bin/cat 9' {port} $marker"
judged fail 1 "server was killed by SIGKILL before it listened" "is killed" "/bin/sh -c 'kill -KILL \$\$' {port} $marker"
judged fail 1 "server was killed by SIGSEGV before it listened" "crashes" "/bin/sh -c 'kill -SEGV \$\$' {port} $marker"
judged fail 1 "server did not listen on port 7" "floods its output" "yes {port}$marker"

# A server that is right and will not go: it is judged on what it did, and gone afterwards, with its children, and theirs.
stubborn="trap \"\" TERM INT HUP; setsid sleep 1000$marker 2>/dev/null & (trap \"\" TERM; setsid sh -c \"while :; do sleep 1000; done\" $marker) & exec socat TCP6-LISTEN:7,fork,ipv6only=0,reuseaddr EXEC:/bin/cat"
judged pass 0 "" "ignores SIGTERM" "/bin/sh -c '$stubborn' {port} $marker"

# The same port for all of them at once: each has a network of its own.
cat >same-port.lua <<EOF
return scenario {
  title = "everybody's port is 8080",
  world = "loop",
  matrix = { n = { 1, 2, 3, 4, 5, 6, 7, 8 } },
  run = function(t)
    local srv = t.server:run { "socat", "TCP4-LISTEN:8080,bind=127.0.0.1,fork", "EXEC:/bin/cat", name = "srv" }:listens(8080)
    t.client:socket("c"):connect(srv):connected():send("I am " .. t.p.n):receives("I am " .. t.p.n)
  end,
}
EOF
sp run same-port.lua close/half-close -j 16 --no-out
exits 0 "one port, many cases at once"
says out "18 cases: 18 passed" "one port, many cases at once"

# What a program wrote before the script's verdict and nobody had read by then is no evidence: in no file of the case. The script must not wait here,
# for whoever waits also reads.
cat >late.lua <<'EOF'
return scenario {
  title = "written, not read",
  run = function(t)
    local p = t.client:run { "/bin/sh", "-c", "echo early; read x; echo late; echo too late >&2; mv made done; sleep 1000", name = "p" }
    p:stdout():line "early"
    t:write_file("made", "x")
    p:stdin ""
    while t:read_file "done" ~= "x" do end
    t:fail "enough"
  end,
}
EOF
sp run late.lua --out late --format json
exits 1 "output behind the seal"
cd "$(jq -r '.cases[0].directory' out)" || exit 1
holds "output behind the seal: p.stdout is not what was read" test "$(cat p.stdout)" = early
holds "output behind the seal: p.stderr is not empty" test ! -s p.stderr
for file in timeline.jsonl trace.txt timeline.pcapng; do
	holds "output behind the seal: it is in $file" sh -c "! grep -q 'late\\\\n' $file"
done
cd "$work" || exit 1

# Output that is cut says where, and how much was kept.
cat >flood.lua <<'EOF'
return scenario {
  title = "more than is kept",
  run = function(t)
    t.client:run({ "/bin/sh", "-c", "head -c 5000000 /dev/zero", name = "p" }):exits(0)
  end,
}
EOF
sp run flood.lua --out flood --format json
exits 1 "a flood that nobody asked for"
holds "a flood: its reason" jq -e '.cases[0].reason == "stdout of p: more than the 4194304 bytes that are kept: a flood"' out
cd "$(jq -r '.cases[0].directory' out)" || exit 1
holds "a flood: p.stdout is not as long as what is kept" test "$(stat -c %s p.stdout)" = 4194304
holds "a flood: the timeline does not say so, once" test "$(grep -c 'wrote more than 4194304 bytes to its stdout: the rest is not kept' timeline.jsonl)" = 1
says trace.txt "wrote more than 4194304 bytes to its stdout: the rest is not kept" "a flood"
cd "$work" || exit 1
finish
