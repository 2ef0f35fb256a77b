#!/bin/bash
# SPDX-License-Identifier: MIT
# virtual.sh - the virtual clock: a true verdict, the same bytes every time, waiting that costs nothing, and what goes wrong
#   VIRTUAL_RUNS=N tests/e2e/virtual.sh     as often the same case must leave the same bytes (4)
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq xz tshark
"$sockproof" doctor >doctor.out 2>&1
grep -q '^  ok   kernel' doctor.out || cannot "no kernel for the virtual clock; ci/kernels fetches them"
grep -q '^  ok   qemu' doctor.out || cannot "no QEMU; ci/setup installs it"
runs=${VIRTUAL_RUNS:-4}
cache=${SOCKPROOF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockproof}
kernel=$(find "$cache/kernels" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -V | tail -n 1)

# same DIR DIR WHAT: everything that a case left but its verdict's words is the same, byte for byte
same() {
	local file
	for file in capture.pcapng timeline.pcapng taps.pcapng timeline.jsonl trace.txt; do
		checks=$((checks + 1))
		while read -r left; do
			cmp -s "$left" "$2${left#"$1"}" || problem "$3: $left is not what it is in $2"
		done < <(find "$1" -name "$file")
		find "$1" -name "$file" | grep -q . || problem "$3: no $file in $1"
	done
}

# a verdict, and what the evidence says of the machine
sp run connect/refused close/half-close -k ipv4 --clock virtual --out first
exits 0 "two scenarios under the virtual clock"
says out "Linux $kernel" "the report's kernel"
one=first/connect/refused/reference/family-ipv4_protocol-tcp
holds "case.json tells the clock" jq -e '.clock == "virtual" and .ns_per_instruction == 8 and (.qemu | length > 0)' "$one/case.json"
holds "case.json tells the guest's kernel" jq -e --arg k "$kernel" '.kernel | startswith($k)' "$one/case.json"
holds "case.json names no folder of this machine" sh -c "! grep -e '$root' -e '$work' $one/case.json"
holds "tshark reads the capture" test "$(find first -name capture.pcapng | wc -l)" -ge 7

# the same bytes: again, alone, in another order, all at once, from another folder, while the machine is busy
sh -c 'while :; do :; done' &
busy=$!
for run in $(seq 2 "$runs"); do
	sp run connect/refused close/half-close -k ipv4 --clock virtual --out "again-$run" -j "$run"
	exits 0 "run $run"
	same first "again-$run" "run $run"
done
kill "$busy"
sp run close/half-close -k ipv4 --impl tcp-echo=@poll --clock virtual --out alone
exits 0 "one case alone"
checks=$((checks + 1))
for file in capture.pcapng timeline.pcapng taps.pcapng timeline.jsonl trace.txt; do
	cmp -s alone/close/half-close/poll/family-ipv4/$file first/close/half-close/poll/family-ipv4/$file ||
		problem "a case alone leaves another $file than among others"
done
mkdir elsewhere
cp -r "$root/scenarios" elsewhere/
mkdir -p elsewhere/servers/tcp-echo elsewhere/build/servers
cp "$root/servers/tcp-echo/contract.lua" elsewhere/servers/tcp-echo/
cp "$sockproof" elsewhere/build/
cp -r "$(dirname "$sockproof")/servers/tcp-echo" elsewhere/build/servers/
status=0
SOCKPROOF_ROOT="$work/elsewhere" elsewhere/build/sockproof run close/half-close -k ipv4 --clock virtual --out moved >out 2>err </dev/null || status=$?
exits 0 "from another folder"
checks=$((checks + 1))
for file in capture.pcapng timeline.pcapng taps.pcapng timeline.jsonl trace.txt; do
	cmp -s moved/close/half-close/fork/family-ipv4/$file first/close/half-close/fork/family-ipv4/$file ||
		problem "another folder leaves another $file"
done

# a seed changes what the kernel draws - initial sequence numbers, ports - and nothing else: what is said, how it is cut, the trace
cat >drawn.lua <<'EOF'
return scenario {
  title = "what a kernel draws",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):bind(t.client:address(0)):connect(l):connected()
    local s = l:accept "s"
    c:send(("x"):rep(5000)):shutdown "wr"
    s:receives(("x"):rep(5000)):reads_eof()
    s:close()
    c:reads_eof()
    c.flow:never "R"
  end,
}
EOF
: >ports
: >sequence
for seed in 7 8 9; do
	sp run drawn.lua --clock virtual --seed $seed --out "seed-$seed"
	exits 0 "seed $seed"
	for family in ipv4 ipv6; do
		left=seed-$seed/drawn/reference/family-$family usual=seed-7/drawn/reference/family-$family
		holds "seed $seed, $family: another trace" cmp "$left/trace.txt" "$usual/trace.txt"
		jq -c 'select(.kind == "packet") | [.text, .len, .fate]' "$left/timeline.jsonl" >"$left/packets"
		holds "seed $seed, $family: no packets" test -s "$left/packets"
		holds "seed $seed, $family: other packets" cmp "$left/packets" "$usual/packets"
		holds "seed $seed, $family: case.json does not tell it" jq -e --argjson seed $seed '.seed == $seed' "$left/case.json"
	done
	tshark -n -r "seed-$seed/drawn/reference/family-ipv4/capture.pcapng" -c 1 -o tcp.relative_sequence_numbers:FALSE -T fields \
		-e tcp.srcport -e tcp.seq >numbers 2>/dev/null
	cut -f 1 numbers >>ports
	cut -f 2 numbers >>sequence
done
holds "three seeds do not draw three initial sequence numbers" test "$(sort -u sequence | wc -l)" = 3
holds "three seeds draw one port" test "$(sort -u ports | wc -l)" -gt 1
sp run drawn.lua -k ipv4 --clock virtual --seed 8 --out seed-again
exits 0 "a seed again"
holds "the same seed, other bytes" cmp {seed-again,seed-8}/drawn/reference/family-ipv4/capture.pcapng

# waiting costs nothing: hours pass, and --slow is not needed
cat >hours.lua <<'EOF'
return scenario {
  title = "two hours and a bit",
  needs = { "program:sleep" },
  deadline = 10000,
  run = function(t)
    local p = t.client:run { "sleep", "7300", name = "sleeper" }
    p:exits(0)
  end,
}
EOF
sp run hours.lua --clock virtual --out hours
exits 0 "two hours of sleep"
holds "two hours have passed in the guest" jq -e '.duration_ms > 7300000' hours/hours/reference/verdict.json

# a faulty program fails for its own reason, with the file's path as it is here
sp run close/half-close -k ipv4 --impl tcp-echo=@spin-on-eof --clock virtual --no-out
exits 1 "a faulty program"
says out "$(realpath --relative-to=/ "$root")/scenarios/close/half-close.lua" "where it failed"
# what cannot start is told as it is under the real clock
cat >nothing.sh <<'EOF'
#!/no/such/interpreter
EOF
chmod +x nothing.sh
sp run close/half-close -k ipv4 --impl "tcp-echo=./nothing.sh {port}" --clock virtual --no-out
exits 4 "a script whose interpreter is not there"
says out "/no/such/interpreter" "a script whose interpreter is not there"
# one that is given by a relative path
cp "$(dirname "$sockproof")/servers/tcp-echo/poll" ./mine
sp run close/half-close -k ipv4 --impl "tcp-echo=./mine {port}" --clock virtual --no-out
exits 0 "a program of one's own"

# something that never ends
cat >endless.lua <<'EOF'
return scenario {
  title = "a program computes for ever",
  needs = { "program:sh" },
  deadline = 3000,
  run = function(t)
    t.client:run { "sh", "-c", "while :; do :; done", name = "busy" }:exits(0)
  end,
}
EOF
sp run endless.lua --clock virtual --no-out
exits 4 "a program that computes for ever"
says out "something in this case loops without end" "a program that computes for ever"

# two kernels: what differs is told, with where the packets are
if [ -d "$cache/kernels/6.1" ] && [ -d "$cache/kernels/6.12" ]; then
	sp run connect/filtered-retries -k ipv4 --set limit_by=sysctl --kernel 6.1 --kernel 6.12 --out both
	exits 0 "two kernels"
	says out "1 of 1 cases differ between 6.1" "two kernels"
	says out "drop acted on is 2" "6.1 repeats a SYN twice"
	says out "drop acted on is 3" "6.12 repeats a SYN linearly at first (tcp_syn_linear_timeouts)"
	says both/kernels.txt "kernel-6.12" "the packets that show it"
	sp run connect/refused -k "ipv4 tcp" --kernel 6.1 --kernel 6.12 --format json --out both
	holds "the kernel is a parameter of the report" jq -e '[.cases[].parameters.kernel] == ["6.1", "6.12"]' out
fi

# kernels that are none, or lack what is needed
sp run connect/refused --clock virtual --kernel 1.2 --no-out
exits 3 "a version that is not there"
says err "ci/kernels" "a version that is not there"
head -c 100000 /dev/zero >zeros
sp run connect/refused --clock virtual --kernel ./zeros --no-out
exits 3 "a file that is no kernel"
cp "$cache/kernels/$kernel/vmlinuz" alone.bz
sp run connect/refused --clock virtual --kernel ./alone.bz --no-out
exits 3 "a kernel without its modules"
says err "no modules of kernel" "a kernel without its modules"
finish
