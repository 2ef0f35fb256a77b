#!/bin/bash
# SPDX-License-Identifier: MIT
# captures.sh - the captures of a case: every tool reads them and none complains; what they say stands on the right packet
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq tshark capinfos editcap tcpdump python3
need_wire

# One packet of this case is not what the script expects: the server's FIN, where data was to come.
cat >parts.lua <<'EOF'
return scenario {
  title = "a FIN in place of data",
  run = function(t)
    t.server:sysctl("net.ipv4.tcp_syn_retries", 3)
    t.client:sysctl("net.ipv4.tcp_no_metrics_save", 0)
    t.server:sysctl("net.ipv4.ip_local_port_range", "50000 50999")
    t.server:sysctl("net.ipv4.tcp_fin_timeout", t.server:sysctl "net.ipv4.tcp_fin_timeout")
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    c:send "hello, =\n"
    s:receives "hello, =\n"
    t.server:run { "/usr/bin/printf", "one\\ntwo\\377", name = "talker" }:exits(0)
    s:close()
    c:reads_eof():close()
    t.wire:idle()
    c.flow:exactly [[
      client > server  S
      server > client  S.
      client > server  .
      client > server  P.
      server > client  .
      server > client  data "never sent"
      client > server  .
    ]]
  end,
}
EOF
# One datagram arrives, one is dropped, one was sent by nobody.
cat >wire.lua <<'EOF'
return scenario {
  title = "three datagrams",
  run = function(t)
    local s = t.server:socket("s", "udp"):bind(t.server:address(6001))
    local c = t.client:socket("c", "udp"):connect(s):connected()
    c:send "kept"
    s:receives "kept"
    t.wire:drop "client > server udp"
    c:send "lost"
    t.wire:idle()
    t.wire:inject { flow = c.flow, from = "client", payload = "made" }
    s:receives "made"
  end,
}
EOF
sp run parts.lua wire.lua --out cases
exits 1 "a case that fails and one that passes"
mkdir case
cp cases/parts/reference/* case/
ln -s "$root/captures" case/captures
cd case || exit 1

# line TEXT: where that stands in the script
line() {
	grep -nF -m 1 -e "$1" ../parts.lua | cut -d : -f 1
}

# quiet WHAT COMMAND…: it ends with 0, prints to the file out, and nothing on stderr but what is said to root and by tcpdump always
quiet() {
	local what=$1
	shift
	checks=$((checks + 1))
	"$@" >../out 2>../err </dev/null || problem "$what: status $?" ../err
	! grep -v -e '^Running as user' -e '^reading from file [^,]*, link-type [^,]*, snapshot length [0-9]*$' ../err >../complaint ||
		problem "$what: it complains" ../complaint
}

# fields FILE FILTER FIELD…: of the frames that fit, by tshark
fields() {
	local file=$1 filter=$2 args=()
	for name in "${@:3}"; do args+=(-e "$name"); done
	tshark -n -r "$file" -Y "$filter" -T fields "${args[@]}" 2>/dev/null
}

# same WHAT EXPECTED ACTUAL
same() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || { printf 'expected: %s\nfound:    %s\n' "$2" "$3" >../differ; problem "$1" ../differ; }
}

# alike WHAT ONE OTHER: what two commands say, and they do say something: two that fail are not alike
alike() {
	same "$1" "$2" "$3"
	holds "$1: nothing was said" test -n "$2"
}

# Everybody reads every file, and what editcap makes of it.
declare -A frames_of packets_of
for file in capture timeline taps; do
	for copy in $file.pcapng ../$file.again.pcapng; do
		[ -e "$copy" ] || quiet "editcap $file" editcap $file.pcapng "$copy"
		quiet "tshark $copy" tshark -n -r "$copy"
		frames=$(wc -l <../out)
		quiet "capinfos $copy" capinfos "$copy"
		cp ../out ../info.$file
		quiet "tcpdump $copy" tcpdump -n -r "$copy"
		packets=$(wc -l <../out)
		quiet "tcpdump -w $copy" tcpdump -n -r "$copy" -w ../classic.pcap
		[ "$copy" = $file.pcapng ] || continue
		frames_of[$file]=$frames packets_of[$file]=$packets
	done
	alike "$file: editcap keeps all frames" "$(fields $file.pcapng frame frame.number frame.comment)" "$(fields ../$file.again.pcapng frame frame.number frame.comment)"
done
same "frames are packets in capture.pcapng" "${packets_of[capture]}" "${frames_of[capture]}"
alike "to libpcap, timeline.pcapng is capture.pcapng" "$(tcpdump -n -tt --nano -r capture.pcapng 2>/dev/null)" "$(tcpdump -n -tt --nano -r timeline.pcapng 2>/dev/null)"

# Section facts, names of hosts and interfaces.
for word in "scenario=parts" "verdict=fail" "seed=1" "command=" "kernel=$(uname -r)" "libpcap=libpcap version" "clock=real" "Capture oper-sys:    Linux" "Capture application: sockproof" \
	"Capture hardware:    $(uname -m)" "sysctl.server.net.ipv4.tcp_syn_retries=3 (kernel: " "Name = wire" "hosts: client eth0 192.0.2.1"; do
	says ../info.capture "$word" "capinfos capture.pcapng"
done
holds "a sysctl that is the kernel's own is not told" sh -c '! grep -q tcp_fin_timeout ../info.capture'
# What the harness set stands there once for all hosts; the kernel's own value is what it was before that.
says ../info.capture "harness_sysctls=net.ipv4." "capinfos capture.pcapng"
holds "what the harness set is told once" test "$(grep -c 'tcp_no_metrics_save=1' ../info.capture)" = 1
holds "a script that goes back to the kernel's own value is not told" sh -c '! grep -q sysctl.client ../info.capture'
holds "what the kernel had before is the kernel's own" sh -c '! grep -q "port_range=.*(kernel: 40000" ../info.capture'
says ../info.capture "sysctl.server.net.ipv4.ip_local_port_range=50000 50999 (kernel: " "capinfos capture.pcapng"
holds "case.json: who set what" jq -e '.harness_sysctls["net.ipv4.tcp_no_metrics_save"] == { value: "1", kernel: "0" } and
	([.harness_sysctls[] | select(.value == .kernel)] == []) and .hosts[0].sysctls == { "net.ipv4.tcp_no_metrics_save": "0" }' case.json
for word in "Name = client eth0" "Name = server eth0" "libpcap on server: eth0 192.0.2.2"; do
	says ../info.taps "$word" "capinfos taps.pcapng"
done
for file in capture timeline taps; do
	holds "$file: names of hosts" sh -c "tshark -N n -r $file.pcapng 2>/dev/null | grep -q 'client → server'"
done

# The step, on each packet: who caused what.
syn=$(fields capture.pcapng 'tcp.flags.syn == 1 && tcp.flags.ack == 0' frame.comment)
says <(printf '%b' "$syn") "line=$(line ':connect(l)')" "the SYN's line"
says <(printf '%b' "$syn") "step=c: connect(192.0.2.2:6000)" "the SYN's step"
same "the handshake is connect's" 3 "$(fields capture.pcapng 'frame.comment contains "step=c: connect("' frame.number | wc -l)"
alike "the data is send's" "$(fields capture.pcapng 'tcp.len > 0' frame.number)" \
	"$(fields capture.pcapng 'frame.comment contains "step=c: send(" && frame.comment contains "from=client"' frame.number)"
fin=$(fields capture.pcapng 'tcp.flags.fin == 1 && ip.src == 192.0.2.2' frame.number)
says <(printf '%b' "$(fields capture.pcapng "frame.number == $fin" frame.comment)") "step=s: close()" "the FIN's step"

# The failed expectation, on that packet and no other.
same "verdict.json names the packet" "$fin" "$(jq .packet verdict.json)"
same "verdict.json names the line of the pattern" 6 "$(jq .pattern_line verdict.json)"
for file in capture timeline; do
	same "$file: the failed expectation stands on the FIN" "$fin" "$(fields $file.pcapng 'frame.comment contains "failed="' frame.packet_id)"
done
fields capture.pcapng "frame.number == $fin" frame.comment >../comment
for word in "failed=c.flow: packet $fin: " "failed_line=$(line 'never sent')" 'expected=server > client  data "never sent"' "pattern_line=6"; do
	says ../comment "$word" "the FIN's comment"
done
same "a case that passes has no packet" null "$(jq .packet ../cases/wire/reference/verdict.json)"
same "nor a failed expectation" "" "$(fields ../cases/wire/reference/capture.pcapng 'frame.comment contains "failed="' frame.number)"

# All else between the packets, in the timeline's order.
jq -r 'if .kind == "packet" then "packet \(.packet)" else .kind + " " + .who end' timeline.jsonl >../wanted
echo "verdict verdict" >>../wanted
fields timeline.pcapng frame frame.packet_id systemd_journal.transport systemd_journal.syslog_id |
	awk -F '\t' '{ print $1 != "" ? "packet " $1 : $2 " " $3 }' >../found
holds "timeline.pcapng: as timeline.jsonl" diff ../wanted ../found
same "its frames are all events and the verdict" "$(wc -l <../wanted)" "${frames_of[timeline]}"
says <(fields timeline.pcapng 'systemd_journal.transport == "output"' systemd_journal.message) 'talker: stdout "one\ntwo\xff"' "the program's output"
says <(fields timeline.pcapng 'systemd_journal.transport == "verdict"' systemd_journal.message) "fail: c.flow: packet $fin" "the verdict"

# Every tap: what arrived is there twice, and the same bytes.
sees() {
	fields "$1" "frame.packet_id == $2" frame.interface_name | sort | tr '\n' ' '
}
sights() {
	fields "$1" frame frame.packet_id ip.src ip.id tcp.seq_raw tcp.ack_raw tcp.flags tcp.checksum "${@:2}"
}
alike "every packet is seen by both, and nothing else is" "$(sights capture.pcapng | awk '{ print $0 "\tclient eth0\n" $0 "\tserver eth0" }' | sort)" \
	"$(sights taps.pcapng frame.interface_name | sort)"
same "twice" $((2 * packets_of[capture])) "${packets_of[taps]}"
other=../cases/wire/reference
same "what is kept leaves and arrives" "client eth0 server eth0 " "$(sees $other/taps.pcapng 1)"
same "what is dropped only leaves" "client eth0 " "$(sees $other/taps.pcapng 2)"
same "what the wire made only arrives" "server eth0 " "$(sees $other/taps.pcapng 3)"
same "leaving and arriving" "$(printf '0x00000002\n0x00000001')" "$(fields $other/taps.pcapng 'frame.packet_id == 1' frame.packet_flags)"
says <(fields $other/capture.pcapng 'frame.number == 2' frame.comment) "fate=dropped\ncause=dropped by drop#1 (line 8)" "the dropped one's fate"
says <(fields $other/capture.pcapng 'frame.number == 3' frame.comment) 'from=wire\nto=server\nline=11\nstep=wire: inject udp from client' "the injected one's step"

# The dissector's fields.
# lua WHAT EXPECTED FILE FILTER FIELD: that field of the frames that fit, by the dissector, which does not complain. Not inside $(…): a
# problem there would be counted by a shell that is gone.
lua() {
	quiet "sockproof.lua: $1" tshark -X "lua_script:$root/captures/sockproof.lua" -n -r "$3" -Y "$4" -T fields -e "$5"
	same "$1" "$2" "$(tr '\n' ' ' <../out)"
}
lua "sockproof.failed" "$fin " capture.pcapng sockproof.failed frame.number
lua "sockproof.expected" 'server > client  data "never sent" ' capture.pcapng sockproof.failed sockproof.expected
lua "sockproof.line" "1 2 3 " capture.pcapng "sockproof.line == $(line ':connect(l)')" frame.number
lua "sockproof.step" "1 2 3 " capture.pcapng 'sockproof.step contains "connect"' frame.number
lua "sockproof.fate" "2 " $other/capture.pcapng 'sockproof.fate == "dropped"' frame.number
lua "sockproof.cause" "dropped by drop#1 (line 8) " $other/capture.pcapng 'sockproof.cause && sockproof.fate == "dropped"' sockproof.cause
lua "sockproof.packet" "$fin " timeline.pcapng sockproof.failed sockproof.packet
lua "sockproof.packet of a tap" "1 1 " $other/taps.pcapng 'sockproof.packet == 1' sockproof.packet
lua "sockproof.seen_on" "client server " $other/taps.pcapng 'sockproof.packet == 1' sockproof.seen_on
lua "sockproof.text" 'talker: stdout "one\ntwo\xff" ' timeline.pcapng 'sockproof.kind == "output" && sockproof.who == "talker"' sockproof.text
lua "an expert's error" "$fin " capture.pcapng 'sockproof.part' frame.number
for kind in capture timeline taps; do
	lua "$kind: every frame is known as ours" "" $kind.pcapng '!sockproof' frame.number
done
# Of other people's captures nothing is said: neither of a pcap, nor where packets have ids and comments, or a journal is between them.
lua "a pcap" "" ../classic.pcap sockproof sockproof.kind
python3 "$root/tests/tools/make_frames.py" ethernet ../ethernet.cap || exit 1
for kind in two-sights between; do
	python3 "$root/tests/tools/make_blocks.py" $kind ../ethernet.cap ../$kind.pcapng || exit 1
	lua "$kind of others" "" ../$kind.pcapng sockproof sockproof.kind
done
holds "two-sights has ids and comments" test "$(fields ../two-sights.pcapng 'frame.packet_id && frame.comment' frame.number | wc -l)" -gt 100
holds "between has a journal" test "$(fields ../between.pcapng systemd_journal frame.number | wc -l)" -gt 10

# The commands that docs/captures.md gives.
awk '/^```sh case$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/captures.md" >../commands
holds "docs/captures.md gives commands" test "$(wc -l <../commands)" -ge 10
while IFS= read -r command; do
	quiet "docs/captures.md: $command" bash -c "$command"
	holds "docs/captures.md: $command: it prints nothing" test -s ../out
done <../commands

# Where one address speaks for everybody there is one tap, and nobody to pair it with.
cd .. || exit 1
cat >loop.lua <<'EOF'
return scenario {
  title = "one interface", world = "loop",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    t.client:socket("c"):connect(l):connected():close()
  end,
}
EOF
sp run loop.lua --out loops
exits 0 "a loop world"
holds "a loop world: capture and timeline" test -s loops/loop/reference/capture.pcapng -a -s loops/loop/reference/timeline.pcapng
holds "a loop world: no taps" test ! -e loops/loop/reference/taps.pcapng
finish
