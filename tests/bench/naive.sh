#!/bin/sh
# The naive chain that ci/bench measures against: ip netns, tcpdump, socat; one world, handshake, echo, close. Needs root.
set -eu
id=sockproof-$$
dir=$(mktemp -d)
dump=""
srv=""
clean() {
	for pid in $dump $srv; do
		kill "$pid" 2>/dev/null || true
	done
	ip netns del "$id-c" 2>/dev/null || true
	ip netns del "$id-s" 2>/dev/null || true
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 130' INT TERM
ip netns add "$id-c"
ip netns add "$id-s"
ip link add "c$$" type veth peer name "s$$"
ip link set "c$$" netns "$id-c" name eth0
ip link set "s$$" netns "$id-s" name eth0
ip -n "$id-c" addr add 192.0.2.1/24 dev eth0
ip -n "$id-s" addr add 192.0.2.2/24 dev eth0
ip -n "$id-c" link set eth0 up
ip -n "$id-s" link set eth0 up
ip netns exec "$id-s" tcpdump -i eth0 --immediate-mode -U -w "$dir/capture.pcap" 2>"$dir/dump.log" &
dump=$!
until grep -q listening "$dir/dump.log" 2>/dev/null; do kill -0 "$dump"; done
ip netns exec "$id-s" socat TCP4-LISTEN:6000 PIPE &
srv=$!
until ip netns exec "$id-s" ss -ltn | grep -q :6000; do kill -0 "$srv"; done
test "$(printf hello | ip netns exec "$id-c" socat - TCP4:192.0.2.2:6000)" = hello
wait $srv
srv=""
kill $dump
wait $dump || true
dump=""
tcpdump -r "$dir/capture.pcap" -nn 2>/dev/null | grep -q 'Flags \[S\]'
