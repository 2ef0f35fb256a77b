#!/bin/bash
# SPDX-License-Identifier: MIT
# kernels.sh - ci/kernels takes what is needed out of a package, whole or not at all and once only; sockproof doctor tells what is there
#
# No network: apt-get and apt-cache are made up, and so are the mirror, its packages and their kernels. dpkg-deb and xz are not.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need dpkg-deb xz flock setsid
[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] || cannot "no keyring of Debian's archive here"
export SOCKPROOF_CACHE=$work/cache
kernels=$SOCKPROOF_CACHE/kernels

# image FILE RELEASE: what the boot protocol asks for, and nothing else
image() {
	{
		head -c 510 /dev/zero
		printf '\x55\xaa\0\0HdrS\x0f\x02\0\0\0\0\0\0\0\x02'
		head -c 38 /dev/zero
		printf '\x01'
		head -c 457 /dev/zero
		printf '%s (x@y) #1\0' "$2"
	} >"$1"
}

# module FILE DEPENDS: of its bytes only these are looked at
module() {
	mkdir -p "${1%/*}"
	printf 'x\0license=GPL\0depends=%s\0name=x\0' "$2" >"$1"
}

# offer SUITE RELEASE [MODULES]: that suite has this kernel, its modules in lib/modules or where MODULES says
offer() {
	local package=linux-image-$2 tree=$work/tree modules
	modules=$tree/${3:-lib/modules}/$2
	rm -rf "$tree"
	mkdir -p "$tree/boot" "$tree/DEBIAN" "$modules" "mirror/$1"
	image "$tree/boot/vmlinuz-$2" "$2"
	echo "CONFIG_HZ=250" >"$tree/boot/config-$2"
	for m in drivers/net/tun drivers/net/veth net/ipv4/inet_diag net/unix/unix_diag; do
		module "$modules/kernel/$m.ko" ""
	done
	for m in tcp_diag udp_diag raw_diag; do
		module "$modules/kernel/net/ipv4/$m.ko" inet_diag,rather_far
	done
	module "$modules/kernel/lib/rather-far.ko" further
	module "$modules/kernel/lib/further.ko" ""
	xz "$modules/kernel/lib/further.ko" "$modules/kernel/drivers/net/tun.ko"
	module "$modules/kernel/fs/not-needed.ko" ""
	echo kernel/net/packet/af_packet_diag.ko >"$modules/modules.builtin"
	printf 'Package: %s\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@example.org>\nDescription: x\n' "$package" >"$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$tree" "mirror/$package.deb" >/dev/null
	echo "$package" >"mirror/$1/package"
}

mkdir bin
cat >bin/apt-get <<'EOF2'
#!/bin/bash
here=$(cd "$(dirname "$0")/.." && pwd)
for word; do
	case $word in
	Dir::State=*) state=${word#*=} ;;
	Dir::Etc::SourceList=*) read -r _ _ _ suite _ <"${word#*=}" ;;
	indextargets | update | download) verb=$word ;;
	esac
done
echo "$verb" >>"$here/calls"
case $verb in
indextargets) cat "$here/mirrors" ;;
update)
	[ -d "$here/mirror/$suite" ] || { echo "E: The repository has no Release file for $suite." >&2; exit 100; }
	echo "$suite" >"$state/suite"
	;;
download)
	[ ! -e "$here/deadly" ] || kill -KILL 0
	cp "$here/mirror/$word.deb" "${word}_1_amd64.deb" || { echo "E: Unable to fetch $word" >&2; exit 100; }
	;;
esac
EOF2
cat >bin/apt-cache <<'EOF2'
#!/bin/bash
here=$(cd "$(dirname "$0")/.." && pwd)
for word; do
	case $word in
	Dir::State=*) suite=$(cat "${word#*=}/suite") ;;
	esac
done
echo "Package: $word"
echo "Depends: $(cat "$here/mirror/$suite/package") (= 1)"
EOF2
chmod +x bin/*
echo "http://mirror.invalid/debian/" >mirrors

# kernels ARGUMENT…: ci/kernels with that apt; $status, the files out and err
kernels() {
	status=0
	PATH=$work/bin:$PATH setsid -w "$root/ci/kernels" "$@" >out 2>err </dev/null || status=$?
}

# is WHAT EXPECTED ACTUAL
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || problem "$1: \"$3\", not \"$2\""
}

there() {
	(cd "$kernels" && find . -mindepth 1 -maxdepth 1 ! -name .lock | LC_ALL=C sort | xargs)
}

# all three; backports have gone, so 6.12 is the one of the next Debian
offer bullseye 5.10.0-9-cloud-amd64
offer bookworm 6.1.0-50-cloud-amd64
offer trixie 6.12.9-cloud-amd64 usr/lib/modules
kernels
exits 0 "ci/kernels"
says out "6.1: fetching linux-image-6.1.0-50-cloud-amd64 of bookworm from http://mirror.invalid/debian/" "ci/kernels"
says out "6.12: 6.12.9-cloud-amd64 is in $kernels/6.12" "ci/kernels"
says err "http://mirror.invalid/debian/ gives no list of bookworm-backports" "a suite that is not there"
says err "E: The repository has no Release file for bookworm-backports." "a suite that is not there"
is "the folders" "./5.10 ./6.1 ./6.12" "$(there)"
for line in 5.10/lib/modules/5.10.0-9-cloud-amd64 6.12/lib/modules/6.12.9-cloud-amd64; do
	(cd "$kernels/$line" && find . -type f | LC_ALL=C sort) >files
	holds "what is kept in $line" diff files - <<-'EOF2'
		./kernel/drivers/net/tun.ko
		./kernel/drivers/net/veth.ko
		./kernel/lib/further.ko
		./kernel/lib/rather-far.ko
		./kernel/net/ipv4/inet_diag.ko
		./kernel/net/ipv4/raw_diag.ko
		./kernel/net/ipv4/tcp_diag.ko
		./kernel/net/ipv4/udp_diag.ko
		./kernel/net/unix/unix_diag.ko
		./modules.builtin
	EOF2
done
is "tun, unpacked" x "$(head -c 1 "$kernels"/6.1/lib/modules/*/kernel/drivers/net/tun.ko)"
holds "the configuration" grep -q CONFIG_HZ=250 "$kernels/6.12/config"

# the doctor finds them
sp doctor
says out "ok   kernel 5.10 5.10.0-9-cloud-amd64" "sockproof doctor"
says out "ok   kernel 6.12 6.12.9-cloud-amd64" "sockproof doctor"

# again: apt is not even asked, and nothing is touched
find "$kernels" -printf '%P %i %T@ %C@\n' | LC_ALL=C sort >before
rm calls
kernels
exits 0 "ci/kernels, again"
says out "6.1: 6.1.0-50-cloud-amd64 is there" "ci/kernels, again"
find "$kernels" -printf '%P %i %T@ %C@\n' | LC_ALL=C sort >after
holds "ci/kernels, again: something was written" cmp before after
holds "ci/kernels, again: apt was asked" test ! -e calls

# one that has lost a module is fetched anew, and it alone
rm "$kernels"/6.1/lib/modules/*/kernel/drivers/net/veth.ko
kernels
exits 0 "a module lost"
says out "6.1: fetching" "a module lost"
says out "6.12: 6.12.9-cloud-amd64 is there" "a module lost"
is "a module lost: downloads" 1 "$(grep -c download calls)"
holds "the module" test -s "$kernels"/6.1/lib/modules/6.1.0-50-cloud-amd64/kernel/drivers/net/veth.ko
is "the folders" "./5.10 ./6.1 ./6.12" "$(there)"

# failing(WHAT, ERROR): 6.1 cannot be had; the others are; nothing half stays
failing() {
	rm -rf "$kernels"
	kernels 5.10 6.1 6.12
	exits 1 "$1"
	says err "$2" "$1"
	says err "6.1: not fetched" "$1"
	is "$1: the folders" "./5.10 ./6.12" "$(there)"
}
mv mirror/linux-image-6.1.0-50-cloud-amd64.deb kept
failing "a package that is not there" "E: Unable to fetch linux-image-6.1.0-50-cloud-amd64"
head -c 20000 kept >mirror/linux-image-6.1.0-50-cloud-amd64.deb
failing "a package cut off" "linux-image-6.1.0-50-cloud-amd64 cannot be unpacked"
dpkg-deb -x kept tree2
mkdir tree2/DEBIAN
dpkg-deb -e kept tree2/DEBIAN
rm tree2/lib/modules/*/kernel/drivers/net/tun.ko.xz
dpkg-deb --root-owner-group -Znone -b tree2 mirror/linux-image-6.1.0-50-cloud-amd64.deb >/dev/null
failing "a package without tun" "linux-image-6.1.0-50-cloud-amd64 has no module tun"
offer bookworm 6.10.3-cloud-amd64
failing "a suite of another kernel" "6.1: bookworm has linux-image-6.10.3-cloud-amd64 instead"
rm -r mirror/bookworm
failing "a suite that is gone" "gives no list of bookworm"

# killed in the middle: nothing that counts as a kernel, and the next run clears up
offer bookworm 6.1.0-50-cloud-amd64
rm -rf "$kernels"
touch deadly
kernels 6.1
exits 137 "killed"
is "killed: the folders" "./.fetch.6.1" "$(there)"
sp doctor
says out "NO   kernels     none in $kernels" "doctor after a fetch was killed"
says out "mend: ci/kernels" "doctor after a fetch was killed"
rm deadly
kernels 6.1
exits 0 "after one that was killed"
is "after one that was killed: the folders" "./6.1" "$(there)"

# wrong use; a machine that knows no mirror; one without QEMU
kernels 6.6
exits 2 "a version nobody has"
says err 'there is no kernel "6.6" to be had; these are: 5.10 6.1 6.12' "a version nobody has"
kernels --help
exits 0 "--help"
says out "ci/kernels [VERSION…]" "--help"
: >mirrors
kernels 5.10
exits 1 "no mirror"
says err "this machine's apt knows no mirror of Debian" "no mirror"
mv bin/apt-get bin/apt-cache .
path=$PATH
PATH=$work/bin
sp doctor
PATH=$path
says out "NO   qemu        qemu-system-x86_64 is not installed" "doctor without QEMU"
says out "sudo apt-get install --no-install-recommends qemu-system-x86" "doctor without QEMU"
printf '#!/bin/sh\necho "QEMU emulator version 9.9 (x)"\n' >bin/qemu-system-x86_64
PATH=$work/bin:$PATH
chmod +x bin/qemu-system-x86_64
sp doctor
says out "ok   qemu        9.9 (x)" "doctor with QEMU"
echo "no kernel" >"$kernels/6.1/vmlinuz"
sp doctor
says out "NO   kernel 6.1  $kernels/6.1/vmlinuz: is no bzImage" "doctor with a broken kernel"
says out "mend: rm -r $kernels/6.1 && ci/kernels 6.1" "doctor with a broken kernel"
finish
