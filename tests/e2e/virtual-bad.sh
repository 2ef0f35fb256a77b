#!/bin/bash
# SPDX-License-Identifier: MIT
# virtual-bad.sh - the virtual clock given what is no good: kernels that lack something, die, hang; no space; programs that cannot be
# started; a kill. Each is told with its cause, ends with its exit status, and leaves nothing behind
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq xz unshare pgrep
"$sockproof" doctor >doctor.out 2>&1
grep -q '^  ok   kernel' doctor.out || cannot "no kernel for the virtual clock; ci/kernels fetches them"
grep -q '^  ok   qemu' doctor.out || cannot "no QEMU; ci/setup installs it"
cache=${SOCKPROOF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockproof}
kernel=$(find "$cache/kernels" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -V | tail -n 1)
good=$cache/kernels/$kernel
# one that unpacks itself: of others this machine does it (harness/vm/kernel_elf.c), and what they begin with is never run
itself=$cache/kernels/6.1
[ -d "$itself" ] || cannot "no kernel 6.1; ci/kernels fetches it"
# what goes wrong here goes wrong in a cache of its own, whose path only these QEMUs have in their environment
usual=$cache
cache=$work/cache
export SOCKPROOF_CACHE=$cache

# somebody_runs: a QEMU of this test's cache
somebody_runs() {
	local pid
	for pid in $(pgrep -x qemu-system-x86); do
		grep -qszxF "SOCKPROOF_CACHE=$cache" "/proc/$pid/environ" && return 0
	done
	return 1
}

nobody_runs() {
	! somebody_runs
}

# clean WHAT: nothing runs, and no guest is in the cache, whole or half
clean() {
	checks=$((checks + 2))
	until_true nobody_runs || problem "$1: QEMU is left running"
	[ -z "$(find "$cache" -path '*/guests/*' -type d 2>/dev/null)" ] || problem "$1: a guest is left in the cache"
}

# refused STATUS TEXT WHAT ARGUMENT…: so ends a scenario that would pass
refused() {
	sp run connect/refused -k "ipv4 tcp" --no-out "${@:4}"
	exits "$1" "$3"
	says err "$2" "$3"
	clean "$3"
}

# A kernel whose first instruction in protected mode, at the end of its real-mode part, is one of these: patched NAME BYTES
patched() {
	local sectors
	mkdir "$1"
	cp -r "$itself/." "$1/"
	sectors=$(od -An -tu1 -j 497 -N 1 "$1/vmlinuz")
	# shellcheck disable=SC2059
	printf "$2" | dd of="$1/vmlinuz" bs=1 seek=$(((sectors + 1) * 512)) conv=notrunc status=none
}
# call; pop esi; add esi, N; mov dx, 0x3f8; each byte behind it to the serial line until a zero
print='\xe8\0\0\0\0\x5e\x83\xc6%s\x66\xba\xf8\x03\xac\x84\xc0\x74\x03\xee\xeb\xf8'

# without TUN
mkdir no-tun
cp -r "$good/." no-tun/
find no-tun \( -name 'tun.ko*' -o -name 'modules.builtin' \) -delete
refused 3 "has no tun module" "a kernel without TUN" --kernel ./no-tun/vmlinuz
# with a module that the kernel does not take
mkdir bad-tun
cp -r "$good/." bad-tun/
tun=$(find bad-tun -name 'tun.ko*')
case $tun in *.xz) xz -d "$tun" && tun=${tun%.xz} ;; esac
sed -i 's/tun_net_init/tun_not_init/; s/register_netdevice/register_notdevice/g' "$tun"
refused 4 "the guest could not get ready: /modules/" "a module with a symbol that no kernel has" --kernel ./bad-tun/vmlinuz

# one that panics: its last words, then a fault without anybody to take it, which resets the machine
patched panics "${print/\%s/\\x12}"'\x0f\x0bKernel panic - not syncing: no bread\n\0'
refused 4 "it ended before the guest was ready; the last it said: Kernel panic - not syncing: no bread" "a kernel that panics" --kernel ./panics/vmlinuz
# one that has a driver for the device that stops the machine, and stops it where nobody asked
patched stops "${print/\%s/\\x19}"'\x66\xba\x05\x05\xb0\x01\xee\xeb\xfeKernel panic - not syncing: no butter\n\0'
refused 4 "it ended before the guest was ready; the last it said: Kernel panic - not syncing: no butter" "a kernel that panics and stops" --kernel ./stops/vmlinuz
patched dies '\x0f\x0b'
refused 4 "it ended before the guest was ready; it said nothing" "a kernel that dies without a word" --kernel ./dies/vmlinuz
# two that never answer: one computes, one sleeps
patched computes '\xeb\xfe'
patched sleeps '\xfa\xf4\xeb\xfd'
# and one whose image is not what its head promises: it stops where it unpacks itself
holed() {
	cp -r "$1" "$2"
	dd if=/dev/zero of="$2/vmlinuz" bs=1 seek=$(($(stat -c %s "$2/vmlinuz") / 2)) count=100000 conv=notrunc status=none
}
holed "$itself" halts
for how in computes sleeps halts; do
	SOCKPROOF_PATIENCE=1 refused 4 "the guest was not ready within 1 s; " "a kernel that $how for ever" --kernel ./$how/vmlinuz
done
# one that this machine unpacks
if [ "$kernel" = 6.12 ]; then
	holed "$good" holed
	refused 4 "vmlinuz: cannot be unpacked: zstd" "a broken kernel that this machine unpacks" --kernel ./holed/vmlinuz
fi
SOCKPROOF_PATIENCE=soon sp run connect/refused --clock virtual --no-out
exits 2 "a patience that is no number"
says err "SOCKPROOF_PATIENCE=soon: seconds from 1 to 86400 are wanted" "a patience that is no number"

# no space where the cache is: for the initramfs; for the guest's memory
for size in 1m 24m; do
	mkdir "disk-$size"
	cat >inside.sh <<'END'
mount -t tmpfs -o size="$3" none "$4" || exit 99
SOCKPROOF_CACHE=$PWD/$4 "$1" run connect/refused -k "ipv4 tcp" --no-out --kernel "$2"
status=$?
find "$4" -path '*/guests/*' -type d >left
exit $status
END
	status=0
	unshare -Urm --propagation private bash inside.sh "$sockproof" "$good/vmlinuz" "$size" "disk-$size" >out 2>err </dev/null || status=$?
	[ "$status" != 99 ] || cannot "no tmpfs can be mounted here"
	exits 4 "a cache with room for $size"
	grep -qi "no space" err || problem "a cache with room for $size: it does not say so" err
	[ ! -s left ] || problem "a cache with room for $size: something is left in it" left
	checks=$((checks + 2))
done
# where the evidence goes: an error of the case
mkdir disk
cat >inside.sh <<'END'
mount -t tmpfs -o size=16k none disk || exit 99
exec "$1" run close/half-close -k ipv4 --impl tcp-echo=@poll --kernel "$2" --out disk/evidence --format json
END
status=0
SOCKPROOF_CACHE=$usual unshare -Urm --propagation private bash inside.sh "$sockproof" "$kernel" >out 2>err </dev/null || status=$?
exits 4 "no room for the evidence"
holds "no room for the evidence: the reason" jq -e '.cases[0] | .verdict == "error" and (.reason | contains("No space left on device"))' out

# a program whose library is not here
sed 's/libc\.so\.6/libq.so.6/g' "$(dirname "$sockproof")/servers/tcp-echo/poll" >lacks
chmod +x lacks
SOCKPROOF_CACHE=$usual sp run close/half-close -k ipv4 --impl "tcp-echo=./lacks {port}" --clock virtual --no-out
exits 4 "a program whose library is missing"
says out "libq.so.6" "a program whose library is missing"

# a guest that is given up: it would compute a minute of its own time
cat >endless.lua <<'END'
return scenario {
  title = "a program computes for ever",
  needs = { "program:sh" },
  deadline = 3000,
  run = function(t)
    t.client:run { "sh", "-c", "while :; do :; done", name = "busy" }:exits(0)
  end,
}
END
SOCKPROOF_CACHE=$usual SOCKPROOF_PATIENCE=1 sp run endless.lua --clock virtual --no-out
exits 4 "a guest that gives no answer"
says out "the guest gave no answer within 1 s of this machine's time" "a guest that gives no answer"

# killed while it boots: nobody runs on, and what is half made goes with the next boot
"$sockproof" run connect/refused --no-out --kernel "$good/vmlinuz" >out 2>err </dev/null &
pid=$!
until_true somebody_runs || problem "QEMU does not start"
kill -KILL $pid
wait $pid 2>/dev/null
until_true nobody_runs || problem "QEMU outlives a harness that was killed while it booted"
sp run connect/refused -k "ipv4 tcp" --no-out --kernel "$good/vmlinuz"
exits 0 "a boot after one that was killed"
holds "what a killed boot left is there still" test "$(find "$cache/guests" -mindepth 1 -type d | wc -l)" = 1
# and while it plays
"$sockproof" run endless.lua --no-out --kernel "$good/vmlinuz" >out 2>err </dev/null &
pid=$!
until_true somebody_runs || problem "no case begins"
kill -KILL $pid
wait $pid 2>/dev/null
until_true nobody_runs || problem "QEMU outlives a harness that was killed while it played"
sp run connect/refused -k "ipv4 tcp" --no-out --kernel "$good/vmlinuz"
exits 0 "a case after one that was killed"
checks=$((checks + 2))
finish
