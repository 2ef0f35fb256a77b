#!/bin/bash
# SPDX-License-Identifier: MIT
# inspect-captures.sh - `sockproof inspect FILE` beside tshark, flow by flow, on what tcpdump, dumpcap, text2pcap, editcap and mergecap
# wrote and on what is rare in the wild; and on files that are broken
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need tshark editcap mergecap text2pcap python3 jq xmllint
export SOCKPROOF=$sockproof

# as_tshark FILE…: the same conversations as tshark finds
as_tshark() {
	for file; do
		holds "$file: another result than tshark's" python3 "$root/tests/tools/compare_tshark.py" "$file"
	done
}

# every link type; then the same from other programs: other formats, resolutions, cut packets, several interfaces
for kind in ethernet vlan qinq sll sll2 raw null loop big-pcapng; do
	python3 "$root/tests/tools/make_frames.py" "$kind" "$kind.cap" || exit 1
	as_tshark "$kind.cap"
done
editcap -F pcapng ethernet.cap ethernet.pcapng
editcap -F nsecpcap -t 0.000000007 ethernet.cap nanoseconds.pcap
editcap -F modpcap ethernet.cap patched.pcap
editcap -s 60 ethernet.cap cut.pcapng
editcap -F pcap -s 45 sll2.cap short.pcap
mergecap -F pcapng -w merged.pcapng ethernet.pcapng raw.cap sll.cap nanoseconds.pcap
printf '0000 %s\n' "02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00 00 20 00 00 00 00 40 11 00 00 7f 00 00 01 7f 00 00 02 00 35 00 36 00 0c 00 00 61 62 63 64" >hex
text2pcap -q hex text.pcapng
text2pcap -q -T 4000,80 hex tcp-text.pcap
as_tshark ethernet.pcapng nanoseconds.pcap patched.pcap cut.pcapng short.pcap merged.pcapng text.pcapng tcp-text.pcap

# segments that no kernel would send, in an order that no two would find
for seed in 1 2 3 4; do
	python3 "$root/tests/tools/random_frames.py" "$seed" "random-$seed.cap" || exit 1
done
as_tshark random-?.cap

# What stands between the packets may be a frame in Wireshark, and then counts for the numbers of frames; a packet that two
# interfaces saw is one packet when both say so. The same packets as ethernet.cap's, so the same conversations.
for kind in between two-sights one-interface translated; do
	python3 "$root/tests/tools/make_blocks.py" "$kind" ethernet.cap "$kind.pcapng" || exit 1
done
as_tshark between.pcapng
# counts OUT FILE [OPTION…]: its 37 conversations without what a file's own numbers and times make of them, into OUT; two commands that
# both fail would be alike
counts() {
	local rows
	"$sockproof" inspect "${@:2}" --format csv >"$1.csv" 2>"$1.err" || problem "${*:2}: it cannot be read" "$1.err"
	cut -d , -f 1-8,13- "$1.csv" >"$1"
	rows=$(wc -l <"$1")
	checks=$((checks + 1))
	[ "$rows" = 38 ] || problem "${*:2}: $rows lines instead of a head and 37" "$1"
}
counts once ethernet.cap
counts twice two-sights.pcapng
holds "two sights of a packet are not one" cmp once twice
sp inspect two-sights.pcapng
says out "two-sights.pcapng: pcapng, 349 packets, 62289 bytes" "two sights of a packet"
says out "349 more frames are further sights of a packet" "two sights of a packet"
sp inspect two-sights.pcapng --format json
holds "two sights of a packet, in JSON" jq -e '.capture.seen_again == 349' out
counts later two-sights.pcapng --filter 'ip[8] < 64 or ip6[7] < 64'
holds "one of two interfaces, by a filter" cmp once later
sp inspect two-sights.pcapng --flow 10
checks=$((checks + 1))
[ "$(grep -c 'retransmission' out)" = 1 ] || problem "a ladder shows each sight of a packet" out
for kind in one-interface translated; do
	sp inspect $kind.pcapng
	says out "$kind.pcapng: pcapng, 698 packets" "the same id, but not another sight: $kind"
done

# our own captures of a case
"$sockproof" doctor >doctor.out 2>&1
if grep -q '^  ok   tun' doctor.out; then
	cat >case.lua <<-'END'
		return scenario {
		  title = "ten thousand bytes there, two hundred back",
		  run = function(t)
		    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
		    local c = t.client:socket("c"):connect(l):connected():send(("x"):rep(10000))
		    local s = l:accept("s")
		    s:receives(("x"):rep(10000)):send(("y"):rep(200))
		    c:receives(("y"):rep(200))
		  end,
		}
	END
	sp run case.lua --out own
	exits 0 "a case"
	for kind in capture taps timeline; do
		sp inspect own/case/reference/$kind.pcapng --format json
		holds "$kind.pcapng: not what was sent" jq -e '.flows | length == 1 and .[0].from.payload == 10000 and .[0].to.payload == 200
			and .[0].from.retransmissions == 0 and .[0].to.retransmissions == 0' out
		checks=$((checks + 1))
		[ "$(jq '.flows[0].first_frame' out)" = "$(tshark -n -r own/case/reference/$kind.pcapng -Y tcp -T fields -e frame.number 2>/dev/null | head -n 1)" ] ||
			problem "$kind.pcapng: its first frame has another number in tshark" out
	done
fi

# a file of the other byte order is the same file
python3 - ethernet.cap swapped.cap <<'END'
import struct, sys
data, at, out = open(sys.argv[1], "rb").read(), 24, []
out.append(struct.pack(">IHHiIII", *struct.unpack("<IHHiIII", data[:24])))
while at < len(data):
    head = struct.unpack("<IIII", data[at:at + 16])
    out.append(struct.pack(">IIII", *head) + data[at + 16:at + 16 + head[2]])
    at += 16 + head[2]
open(sys.argv[2], "wb").write(b"".join(out))
END
"$sockproof" inspect ethernet.cap --format csv >expected
holds "ethernet.cap has no conversations" test "$(wc -l <expected)" = 38
"$sockproof" inspect swapped.cap --format csv >found
holds "big-endian pcap differs" cmp expected found
"$sockproof" inspect - --format csv <ethernet.cap >found
holds "from standard input it differs" cmp expected found
# shellcheck disable=SC2002 # a pipe is what is tried
cat ethernet.pcapng | "$sockproof" inspect - --format csv >found
holds "pcapng through a pipe differs" cmp expected found

# what really crossed a link, by programs that others wrote
real() {
	ip link set lo up && ip link set lo mtu 1500 || exit 1
	# a ring of 1,000 frames; with the defaults it has 8, since each has room for the snap length, and a busy machine loses some
	tcpdump --immediate-mode -B 65536 -s 66000 -U -i "$1" -w tcpdump.cap "${@:2}" 2>tcpdump.err &
	local first=$!
	dumpcap -q -i lo -w dumpcap.pcapng 2>dumpcap.err >/dev/null &
	local second=$!
	until_true grep -q 'listening on' tcpdump.err || { echo "tcpdump does not come up"; cat tcpdump.err; exit 1; }
	until_true grep -q '^File:' dumpcap.err || { echo "dumpcap does not come up"; cat dumpcap.err; exit 1; }
	python3 - <<-'END'
		import socket, threading
		def serve(listener):
		    for _ in range(20):
		        c, _ = listener.accept()
		        while data := c.recv(65536):
		            c.sendall(data)
		        c.close()
		for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
		    listener = socket.create_server((host, 0), family=family)
		    threading.Thread(target=serve, args=(listener,)).start()
		    for n in range(20):
		        s = socket.create_connection(listener.getsockname()[:2])
		        s.sendall(b"x" * n * 997)
		        s.shutdown(socket.SHUT_WR)
		        while s.recv(65536):
		            pass
		        s.close()
		    refused = socket.socket(family)
		    refused.connect_ex((host, 1))
		    u = socket.socket(family, socket.SOCK_DGRAM)
		    u.sendto(b"y" * 4000, (host, 9))  # in fragments
		    u.sendto(b"the end of " + host.encode(), (host, 9))
	END
	for file in tcpdump.cap dumpcap.pcapng; do
		until_true grep -q 'the end of ::1' $file || { echo "the last packet does not come to $file"; exit 1; }
	done
	kill -INT "$first" "$second"
	wait
}
if [ "$(id -u)" = 0 ] && command -v tcpdump dumpcap ip >/dev/null && unshare -n true 2>/dev/null; then
	export -f real until_true
	for how in "lo" "any -y LINUX_SLL" "any -y LINUX_SLL2"; do
		rm -f tcpdump.cap dumpcap.pcapng tcpdump.err dumpcap.err
		holds "capturing on $how" unshare -n bash -c "real $how"
		as_tshark tcpdump.cap
	done
	as_tshark dumpcap.pcapng
	mergecap -w both.pcapng tcpdump.cap dumpcap.pcapng && as_tshark both.pcapng
	sp inspect dumpcap.pcapng --filter 'ip and tcp' --format csv
	exits 0 "a filter"
	checks=$((checks + 1))
	[ "$(wc -l <out)" = 22 ] || problem "a filter: not 21 IPv4 connections" out
	checks=$((checks + 1))
	[ "$(grep -c ,refused, out)" = 1 ] || problem "not one of them refused" out
fi

# order, number, words
sp inspect ethernet.cap --sort bytes --top 2
exits 0 "--top"
says out "37 conversations, 2 of them shown" "--top"
says out "~ it was open already" "a connection older than the capture"
sp inspect ethernet.cap --format json
exits 0 "JSON"
holds "JSON" jq -e '.flows | length == 37 and .[4].ended == "refused" and .[0].handshake_ns > 0 and .[0].from.retransmissions == 1
	and .[0].to.out_of_order == 1 and .[29].ended == "refused" and .[19].opening_seen == false' out
sp inspect ethernet.cap --filter 'udp and port 53' --format json
holds "a filter on JSON" jq -e '.flows | length == 1 and .[0].to.port == 53' out
cp ethernet.cap $'a\e[31m.cap'
sp inspect $'a\e[31m.cap'
says out 'a\x1b[31m.cap' "a name that is an escape sequence"
python3 - ethernet.cap early.cap <<'END'
import sys # the first frame comes last: times before the first frame are negative
data = open(sys.argv[1], "rb").read()
first = 24 + 16 + int.from_bytes(data[32:36], "little")
late = bytearray(data[24:first])
late[0:4] = (int.from_bytes(late[0:4], "little") + 9).to_bytes(4, "little")
open(sys.argv[2], "wb").write(data[:24] + late + data[first:])
END
sp inspect early.cap --format csv
exits 0 "times before the first"
# every cell but words and addresses is a number, whatever reads it
cat >numbers.py <<'END'
import csv, sys
words = {"protocol", "from_address", "to_address", "opening_seen", "ended"}
rows = list(csv.DictReader(open(sys.argv[1])))
times = [float(r["opened"]) for r in rows]
assert min(times) < -8 and rows, times
for row in rows:
    for key in row.keys() - words:
        assert key == "handshake" and row[key] == "" or float(row[key]) is not None, (key, row[key])
END
holds "a negative time in CSV" python3 numbers.py out

# one conversation drawn, with the frames' own numbers
sp inspect ethernet.cap --flow 10
exits 0 "--flow"
says out "ethernet.cap, conversation 10" "--flow"
says out "11 frames in 14.2 ms" "what nobody judged"
holds "what nobody judges is called so" sh -c '! grep -q judged out'
says out "frame 76, retransmission" "--flow"
# the pieces of its datagrams too, in the order of the file; the head says what the table says
sp inspect ethernet.cap --flow 31
says out "conversation 31; 11 more frames hold fragments" "a flow in pieces"
# flow CELL…: the line of the ladder's only flow has these cells
flow() {
	checks=$((checks + 1))
	[ "$(grep -m 1 -A 1 '^FLOW' out | tail -n 1 | tr -s ' ')" = " $*" ] || problem "its flow is not: $*" out
}
flow 1 2 300 500 0 - "udp 10.0.0.1:6000 > 10.0.0.2:7000"
checks=$((checks + 1))
[ "$(grep -o 'frame [0-9]*' out | cut -d ' ' -f 2 | tr '\n' ' ')" = "$(seq -s ' ' 248 260) " ] || problem "not its frames 248 to 260" out
sp inspect ethernet.cap --flow 33 # among those of another with the same identification
flow 1 1 900 0 0 open "tcp 10.0.0.1:6001 > 10.0.0.2:7001"
checks=$((checks + 1))
[ "$(grep -c 'frame [0-9]' out)" = 15 ] || problem "not its 15 pieces" out
sp inspect ethernet.cap --flow 34 # no piece of it has a TCP header
flow 1 1 300 0 0 open "tcp 10.0.0.1:6003 > 10.0.0.2:7003"
# however long the addresses are: 80 columns, and all numbers
python3 - ethernet.cap long.cap <<'END'
import sys # every byte of an address of IPv6 that is 0 becomes 0x77
data = bytearray(open(sys.argv[1], "rb").read())
at = 24
while at < len(data):
    size = int.from_bytes(data[at + 8:at + 12], "little")
    if data[at + 28:at + 30] == b"\x86\xdd" and data[at + 36] == 6:
        for n in range(at + 38, at + 70):
            data[n] = data[n] or 0x77
    at += 16 + size
open(sys.argv[2], "wb").write(data)
END
long=$("$sockproof" inspect long.cap --format csv | awk -F , '$2 == "tcp" && length($4) > 35 { print $1; exit }')
sp inspect long.cap --flow "$long"
exits 0 "long addresses"
holds "long addresses: more than 80 columns, or cut" python3 -c '
import sys
head = open("out", encoding="utf-8").read().split("\n\n")[1].split("\n")
sys.exit(len(head) != 4 or any(len(line) > 80 for line in head) or "…" in "".join(head) or not head[3].startswith("      > 2001:"))'
python3 - >endless.cap <<'END'
import struct, sys # one piece, over and over: it may be of the conversation that is asked for, and memory is not for all of it
piece = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 60020, 1, 0x2000, 64, 17, 0, bytes(4), bytes(4)) + bytes(60000)
sys.stdout.buffer.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
for n in range(1200):
    sys.stdout.buffer.write(struct.pack("<IIII", 0, n, len(piece), len(piece)) + piece)
END
sp inspect endless.cap --flow 1
exits 1 "pieces without end"
says err "--flow 1: endless.cap: more than 64 MB of fragments wait for the rest of their datagrams" "pieces without end"
sp inspect endless.cap
says out "1200 fragments of datagrams that never became whole" "pieces without end, in the table"
sp inspect ethernet.cap --flow 10 --format svg
holds "an SVG" xmllint --noout out
sp inspect ethernet.cap --flow 10 --format mermaid
says out "sequenceDiagram" "--format mermaid"
sp inspect ethernet.cap --flow 10 --graph --out graph.svg
exits 0 "--graph"
holds "a graph" xmllint --noout graph.svg
sp inspect ethernet.cap --flow 99
exits 2 "a conversation that is not there"
says err "there are 37 conversations in ethernet.cap" "a conversation that is not there"
sp inspect ethernet.cap --format svg
exits 2 "a picture of nothing"
says err "say which: --flow N" "a picture of nothing"

# wrong use
sp inspect
exits 2 "nothing to inspect"
sp inspect no-such-file
exits 2 "no such file"
says err "no-such-file: No such file or directory" "no such file"
sp inspect . --top 1
exits 2 "a folder"
says err ". is a case directory" "a folder"
sp inspect ethernet.cap --filter 'host and'
exits 2 "a filter that is none"
says err 'filter "host and": ' "a filter that is none"
sp inspect ethernet.cap --sort size
exits 2 "no such order"
sp inspect ethernet.cap --top 0
exits 2 "none of them"

# frames of a link type that is not read are told as such, and their type by its name; a comparison needs frames that it can read
relink() { # TYPE FILE OUT
	{ head -c 20 "$2"; printf '%b' "$(printf '\\x%02x\\x%02x\\0\\0' $(($1 & 255)) $(($1 >> 8)))"; tail -c +25 "$2"; } >"$3"
}
relink 127 ethernet.cap radiotap.cap
sp inspect radiotap.cap
exits 0 "a link type that is not read"
says out "not in the table: 349 frames of link type 127 (802.11 plus radiotap header), which is not read here" "a link type that is not read"
sp inspect radiotap.cap --format json
holds "a link type that is not read, in JSON" jq -e '.capture.not_read == { frames: 349, link_type: 127, name: "802.11 plus radiotap header",
	and_others: false } and .capture.without_ip == 0' out
relink 60000 ethernet.cap unheard.cap
sp inspect unheard.cap
says out "349 frames of link type 60000, which is not read here" "a link type that has no name"
mergecap -F pcapng -w mixed.pcapng radiotap.cap ethernet.cap
sp inspect mixed.pcapng
says out "37 conversations" "two link types"
says out "349 frames of link type 127 (" "two link types"
sp inspect ethernet.cap --format json
holds "all link types are read" jq -e '.capture.not_read == null' out
head -c 24 ethernet.cap >none.cap
for other in radiotap.cap none.cap ethernet.cap; do
	sp diff radiotap.cap $other
	exits 4 "a comparison of what is not read, with $other"
	says err "radiotap.cap: frame 1 has the link type 127 (802.11 plus radiotap header), which is not read here" "a comparison with $other"
done
python3 - ethernet.cap <<'END'
import struct, sys
data = open(sys.argv[1], "rb").read()
def frames(kind, count):
    frame = bytes([2] * 12) + struct.pack(">H", kind) + bytes(50)
    return b"".join(struct.pack("<IIII", 1700000009, n, len(frame), len(frame)) + frame for n in range(count))
open("pppoe.cap", "wb").write(data[:24] + frames(0x8864, 15))
open("arp.cap", "wb").write(data[:24] + frames(0x0806, 1))
open("with-arp.cap", "wb").write(data + frames(0x0806, 3))
END
sp inspect arp.cap
says out "arp.cap: pcap, 1 packet, 64 bytes, 0.000000 s, 0 conversations" "one of something"
says out "not in the table: 1 frame without IP" "one of something"
for pair in "pppoe.cap pppoe.cap 15 and 15" "none.cap arp.cap 0 and 1" "arp.cap none.cap 1 and 0"; do
	read -r a b counts <<<"$pair"
	sp diff "$a" "$b"
	exits 4 "nothing to compare: $a, $b"
	says err "nothing in $a and $b can be compared: of $counts frames none holds IP" "nothing to compare"
done
sp diff none.cap none.cap
exits 0 "two captures of nothing"
sp diff pppoe.cap ethernet.cap
exits 1 "one that cannot be read and one that can"
sp diff ethernet.cap with-arp.cap
exits 0 "what is left out"
says out "B  with-arp.cap  (capture, 3 frames without IP left out)" "what is left out"
sp diff with-arp.cap ethernet.cap --format json
holds "what is left out, in JSON" jq -e '.a.left_out == 3 and .b.left_out == 0 and .same' out
sp diff ethernet.cap with-arp.cap --format html
says out '<th scope="row">frames without IP, left out</th><td>0</td><td>3</td>' "what is left out, as HTML"

# broken files: the offset is told, what was read before is shown, the status is 1
size=$(stat -c %s ethernet.cap)
head -c $((size - 5)) ethernet.cap >cut.cap
sp inspect cut.cap
exits 1 "a file cut short"
says err "cut.cap: at byte $((size - 70)): cut short: the file ends inside a packet, at byte $((size - 5))" "a file cut short"
says out "348 packets" "a file cut short"
sp inspect cut.cap --format json
holds "the error in JSON" jq -e '.capture.error | test("^at byte [0-9]+: cut short")' out
{ head -c 24 ethernet.cap; printf 'AAAABBBBCCCCDDDD'; } >nonsense.cap
sp inspect nonsense.cap
exits 1 "a length that is none"
says err "nonsense.cap: at byte 24: a packet of 1128481603 bytes" "a length that is none"
for other in /dev/null "$root/README.md"; do
	sp inspect "$other"
	exits 1 "$other"
	says err "$other: at byte 0: " "$other"
	sp diff "$other" ethernet.cap
	exits 4 "$other compared"
	says err "$other: at byte 0: " "$other compared"
done
printf ab >two-bytes
sp inspect two-bytes
says err "two-bytes: at byte 2: the file ends, too short for a capture" "two bytes"
sp diff two-bytes ethernet.cap
says err "two-bytes: at byte 2: the file ends, too short for a capture" "two bytes compared"
# the option behind the fourth packet says it is 60,000 bytes long
python3 - two-sights.pcapng option.pcapng >where <<'END'
import sys
data, at, seen = bytearray(open(sys.argv[1], "rb").read()), 0, 0
while True:
    kind, size = (int.from_bytes(data[at + n:at + n + 4], "little") for n in (0, 4))
    seen += kind == 6
    if seen == 4:
        break
    at += size
option = at + 28 + (int.from_bytes(data[at + 20:at + 24], "little") + 3 & ~3)
data[option + 2:option + 4] = (60000).to_bytes(2, "little")
open(sys.argv[2], "wb").write(data)
print(at)
END
sp inspect option.pcapng
exits 1 "an option beyond its block"
says err "option.pcapng: at byte $(cat where): an option reaches beyond its block; what was read before it is told" "an option beyond its block"
says out "option.pcapng: pcapng, 3 packets" "an option beyond its block"
sp diff option.pcapng ethernet.cap
exits 4 "an option beyond its block, compared"
says err "option.pcapng: at byte $(cat where): an option reaches beyond its block" "an option beyond its block, compared"
gzip -k ethernet.cap
sp inspect ethernet.cap.gz
exits 1 "compressed"
says err "zcat FILE | sockproof inspect -" "compressed"
# a file cut anywhere: no crash
editcap -r ethernet.pcapng small.pcapng 1-3
for n in $(seq 0 7 "$(stat -c %s small.pcapng)"); do
	head -c "$n" small.pcapng >part
	"$sockproof" inspect part >out 2>err
	status=$?
	checks=$((checks + 1))
	[ $status -le 1 ] || problem "small.pcapng cut to $n bytes: status $status" err
done

# memory does not grow with the file: 700 times as long, 240,000 frames more, the same conversations. Eight bytes for each frame would
# be 1,900 KB. What a process takes is read of itself when it has taken all but the last bytes of its pipe: a child's rusage would begin
# with what python takes.
cat >peak.py <<'END'
import re, subprocess, sys
data = open("ethernet.cap", "rb").read()
again = " and ".join(f"not port {p}" for p in range(40012, 40017))  # they open anew each time
child = subprocess.Popen([sys.argv[1], "inspect", "-", "--top", "1", "--filter", again], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
child.stdin.write(data[:24])
for _ in range(int(sys.argv[2])):
    child.stdin.write(data[24:])
child.stdin.flush()
print(re.search(r"VmHWM:\s*(\d+)", open(f"/proc/{child.pid}/status").read()).group(1))
child.stdin.close()
sys.exit(child.wait())
END
short=$(python3 peak.py "$sockproof" 20) long=$(python3 peak.py "$sockproof" 720)
checks=$((checks + 1))
[ "$long" -lt $((short + 1024)) ] || problem "700 times as many frames take $long KB, the fewer $short KB"
finish
