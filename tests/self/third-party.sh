#!/bin/bash
# SPDX-License-Identifier: MIT
# third-party.sh - verdicts on programs that nobody here wrote, each looked into by hand first: docs/third-party.md
#
# ncat, socat, busybox nc and OpenBSD's nc as implementations of tcp-echo; nginx, busybox httpd and Python's http.server as servers of
# http-get; redis-server by scenarios of its own, in third-party/. Every case that they run has a verdict pinned below, with why
# it is true; and what the verdict claims is counted again in the capture by a program that is not ours, tshark.
# What depends on luck is not asked: docs/third-party.md says what and why.
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq tshark ncat socat busybox nc.openbsd python3
need_wire
own=$root/tests/self/third-party

# Where ci/setup leaves what would be a service if it were installed, and what Debian has under another name.
mkdir bin
PATH=$PATH:/usr/sbin:$(dirname "$sockproof")/third-party/usr/sbin:$work/bin
if ! command -v redis-server >/dev/null; then
	need redis-check-rdb # one program, told apart by its name
	ln -s "$(command -v redis-check-rdb)" bin/redis-server
fi
need nginx

# judge NAME CONTRACT=COMMAND [SCENARIO…]: all of the contract when none is named; the report in NAME.json, case directories in NAME.out
judge() {
	judged "$1" "${@:3}" --impl "$2"
}

# judged NAME ARGUMENT…: the same, of what the arguments say
judged() {
	checks=$((checks + 1))
	"$sockproof" run "${@:2}" -j 8 --deadline 3 --out "$1.out" --format json >"$1.json" 2>err </dev/null
	jq -e '.totals.error == 0' "$1.json" >/dev/null 2>&1 || problem "$1: the harness erred" err
	jq -r '.cases[] | [.scenario, (.parameters | to_entries | map("\(.key)=\(.value)") | join(" ")), .verdict, .reason] | @tsv' \
		"$1.json" >"$1.cases"
	: >"$1.pinned"
}

# pin NAME SCENARIO WORDS VERDICT REASON WHY: each case of it whose parameters, with a full stop behind the last, have the words;
# "…" stands for anything
pin() {
	local seen=0 pattern
	pattern=$(printf '%s' "$5" | sed -e 's/[][\\.*^$]/\\&/g' -e 's/…/.*/g')
	while IFS=$'\t' read -r scenario parameters verdict reason; do
		if [ "$scenario" != "$2" ] || [[ $parameters. != *"$3"* ]]; then continue; fi
		seen=$((seen + 1)) checks=$((checks + 1))
		echo "$scenario $parameters" >>"$1.pinned"
		# where nothing can be traced, what needs it is nobody's verdict
		if [ "$verdict" = skip ] && [[ $reason == "programs cannot be traced"* ]]; then continue; fi
		if [ "$verdict" != "$4" ] || ! printf '%s\n' "$reason" | grep -q -e "$pattern"; then
			problem "$1: $scenario $parameters: $verdict: $reason; pinned is $4 ($6)"
		fi
	done <"$1.cases"
	[ "$seen" -gt 0 ] || problem "$1: no case of $2 with \"$3\""
}

# Nothing may be judged without somebody having said why.
all_pinned() {
	cut -f 1,2 "$1.cases" | tr '\t' ' ' | LC_ALL=C sort >all
	LC_ALL=C sort "$1.pinned" >pinned
	diff pinned all >diff.out || problem "$1: pinned (<) and judged (>) are not the same cases" diff.out
}

# count NAME SCENARIO WORDS FILTER FIELD SUM: the field of the frames that fit, added up by tshark, in the one case whose parameters have the words
count() {
	local capture sum
	checks=$((checks + 1))
	capture=$(jq -r --arg s "$2" --arg words "$3" '[.cases[] | select(.scenario == $s and
		(.parameters | to_entries | map("\(.key)=\(.value)") | join(" ") + "." | contains($words)))][0].directory' "$1.json")/capture.pcapng
	sum=$(tshark -n -r "$capture" -Y "$4" -T fields -e "$5" 2>tshark.err | awk '{ n += $1 } END { print n + 0 }')
	[ "$sum" = "$6" ] || problem "$1: $2 $3: $5 of \"$4\" adds up to $sum by tshark, not $6" tshark.err
}

for family in ipv4 ipv6; do echo "$family"; done >families

# Of ncat and nc, not those where a client's bytes and its end come at once and the two race: accept/fails-once (ncat), data/short-calls,
# data/interrupted-calls, and for nc close/half-close and close/half-close-late.
judge ncat 'tcp-echo=ncat -l -k -e /bin/cat {port}' close/half-close close/half-close-late backlog/disconnect-echo backlog/overflow \
	connect/announced connect/server-killed accept/many-at-once accept/one-after-another accept/backlog-is-no-limit accept/slow-reader \
	data/all-at-once
pin ncat close/half-close "" fail "c: recv = 0 (end of stream) after 0 of 14 bytes" \
	"ncat -e stops at the client's FIN and closes with cat's answer unread in the pipe"
pin ncat close/half-close-late "" fail "c: recv… of 262144 bytes" \
	"the same: what was in cat and its pipes when the FIN was read is lost; or, seldom, ncat and cat wait for each other for ever"
pin ncat backlog/disconnect-echo "" fail "half: recv = 0 (end of stream) after 0 of 8 bytes" \
	"the same: the FIN is there before the bytes are read"
pin ncat backlog/overflow limit_by=listen skip "cannot be told {backlog}" "ncat's backlog is 10, no option sets it"
pin ncat backlog/overflow limit_by=somaxconn pass "" "net.core.somaxconn clamps the 10"
pin ncat connect/announced "" fail 'stdout of server has no line "connected from' "ncat says nothing on stdout"
pin ncat connect/server-killed "" pass "" "ncat sets SO_REUSEADDR"
pin ncat accept/many-at-once "" pass "" "a cat for each client, and each is let go of when it ends"
pin ncat accept/one-after-another "" pass "" "-k goes on listening; nobody ends with bytes on the way here"
pin ncat accept/backlog-is-no-limit "" skip "cannot be told {backlog}" "ncat's backlog is 10, no option sets it"
pin ncat accept/slow-reader "" pass "" "who waits in write(2) is a child of its own"
pin ncat data/all-at-once "" pass "" "the client is silent, but does not end"
all_pinned ncat
while read -r family; do
	# "first " and "second " came back, "the last\0line\n" did not; the server's side ended with FIN, without RST
	count ncat close/half-close "family=$family" "tcp.srcport == 50001" tcp.len 27
	count ncat close/half-close "family=$family" "tcp.srcport == 7" tcp.len 13
	count ncat close/half-close "family=$family" "tcp.srcport == 7 && tcp.flags.fin == 1" tcp.flags.fin 1
	count ncat close/half-close "family=$family" "tcp.flags.reset == 1" tcp.len 0
	# the client that said "anybody?" got FIN and no byte
	count ncat backlog/disconnect-echo "family=$family" "tcp.srcport == 50005" tcp.len 8
	count ncat backlog/disconnect-echo "family=$family" "tcp.dstport == 50005" tcp.len 0
done <families

judge socat 'tcp-echo=socat TCP6-LISTEN:{port},backlog={backlog},fork,reuseaddr,ipv6only=0 EXEC:/bin/cat'
pin socat close/half-close "" pass "" "socat shuts cat's stdin and goes on until cat has ended"
pin socat close/half-close-late "" pass "" "socat waits until the client reads"
pin socat backlog/disconnect-echo "" pass "" "a child for each client: what happens to one is nobody else's"
pin socat backlog/overflow "" pass "" "backlog= is what listen() gets"
pin socat connect/announced "" fail 'stdout of server has no line "connected from' "socat says nothing on stdout"
pin socat connect/server-killed "" pass "" "reuseaddr was asked for"
pin socat accept/many-at-once "" pass "" "a child for each client"
pin socat accept/one-after-another "" pass "" "the parent only accepts"
pin socat accept/backlog-is-no-limit "" pass "" "backlog= is no limit for children (max-children= would be one)"
pin socat accept/slow-reader "" pass "" "who waits is a child of its own"
pin socat data/all-at-once "" pass "" "select(2) says again that there is more"
pin socat data/short-calls "" pass "" "cat and socat go on where a call stopped"
pin socat data/interrupted-calls "" pass "" "cat and socat call again"
for errno in ECONNABORTED EINTR; do
	pin socat accept/fails-once errno=$errno pass "" "one failure that socat knows to be passing"
done
for errno in EMFILE EPROTO; do
	pin socat accept/fails-once errno=$errno fail "server exited with 1; …accept(5," "any other failure of accept() ends socat"
done
all_pinned socat
while read -r family; do
	count socat close/half-close "family=$family" "tcp.srcport == 7" tcp.len 27
	count socat close/half-close-late "family=$family" "tcp.srcport == 7 && !tcp.analysis.retransmission" tcp.len 262144
	count socat backlog/disconnect-echo "family=$family" "tcp.dstport == 50005" tcp.len 8
done <families

# One process writes into a pipe and reads from it. When the client does not read in time the pipe fills up, and socat waits in
# write() for somebody who would read: itself. How full it gets is luck, so half-close-late is not asked (docs/third-party.md).
checks=$((checks + 1))
"$sockproof" run close/half-close connect/server-killed backlog/disconnect-echo --deadline 3 --out pipe.out --format json \
	--impl 'tcp-echo=socat TCP6-LISTEN:{port},fork,reuseaddr,ipv6only=0 PIPE' >pipe.json 2>err </dev/null ||
	problem "socat PIPE: something of half-close, server-killed, disconnect-echo does not pass" pipe.json err

judge busybox-nc 'tcp-echo=busybox nc -ll -p {port} -e /bin/cat'
pin busybox-nc close/half-close "" pass "" "cat has the connection itself as stdin and stdout; nobody is in between"
pin busybox-nc close/half-close-late "" pass "" "cat's blocking write waits until the client reads"
pin busybox-nc backlog/disconnect-echo "" fail "half: connect(…) = -1 no answer" "two l, listen(fd, 2): three places, and four clients come while nc is frozen"
pin busybox-nc backlog/overflow limit_by=listen skip "cannot be told {backlog}" "the number of l is the backlog: nothing that a number fits into"
for backlog in 0 1; do
	pin busybox-nc backlog/overflow "backlog=$backlog family=ipv4 limit_by=somaxconn" pass "" "net.core.somaxconn clamps the 2"
	pin busybox-nc backlog/overflow "backlog=$backlog family=ipv6 limit_by=somaxconn" pass "" "net.core.somaxconn clamps the 2"
done
for family in ipv4 ipv6; do
	pin busybox-nc backlog/overflow "backlog=4 family=$family limit_by=somaxconn" fail "server queue is { limit = 2, waiting = 0 }; expected is { limit = 4" \
		"listen(fd, 2) is less than the 4 of net.core.somaxconn"
done
pin busybox-nc connect/announced "" fail 'stdout of server has no line "connected from' "nc says nothing on stdout"
pin busybox-nc connect/server-killed "" pass "" "nc sets SO_REUSEADDR"
pin busybox-nc accept/many-at-once "" pass "" "a cat for each client"
pin busybox-nc accept/one-after-another "" pass "" "the parent only accepts"
pin busybox-nc accept/backlog-is-no-limit "" skip "cannot be told {backlog}" "as above"
pin busybox-nc accept/slow-reader "" pass "" "who waits in write(2) is a child of its own"
pin busybox-nc accept/fails-once "" fail 'server exited with 1; …"nc: accept:' "any failure of accept() ends nc, EINTR too"
pin busybox-nc data/all-at-once "" pass "" "cat reads until there is no more"
pin busybox-nc data/short-calls "" pass "" "cat goes on where a call stopped"
pin busybox-nc data/interrupted-calls "" pass "" "cat calls again"
all_pinned busybox-nc
while read -r family; do
	count busybox-nc close/half-close "family=$family" "tcp.srcport == 7" tcp.len 27
	# the fourth client asks, and has no answer
	count busybox-nc backlog/disconnect-echo "family=$family" "tcp.dstport == 50005" frame.len 0
done <families

# No -e in this one: a FIFO brings cat's answer back. One process, one client at a time.
judge nc "tcp-echo=sh -c 'mkfifo f; nc.openbsd -6 -N -l -k {port} <f | cat >f'" backlog/disconnect-echo backlog/overflow connect/announced \
	connect/server-killed accept/many-at-once accept/one-after-another accept/backlog-is-no-limit accept/slow-reader accept/fails-once data/all-at-once
pin nc backlog/disconnect-echo "" fail "reset: connect(…) = -1 no answer" "listen(fd, 1): two places, and three clients come while nc is frozen"
pin nc backlog/overflow limit_by=listen skip "cannot be told {backlog}" "nc's backlog is 1, no option sets it"
for family in ipv4 ipv6; do
	pin nc backlog/overflow "backlog=0 family=$family limit_by=somaxconn" fail "late: recv: 0 of 4 bytes" "one client at a time"
	pin nc backlog/overflow "backlog=1 family=$family limit_by=somaxconn" fail "c2: recv: 0 of 6 bytes" "one client at a time"
	pin nc backlog/overflow "backlog=4 family=$family limit_by=somaxconn" fail "server queue is { limit = 1, waiting = 0 }; expected is { limit = 4" \
		"listen(fd, 1)"
done
pin nc connect/announced "" fail 'stdout of server has no line "connected from' "what nc writes to stdout is what came"
pin nc connect/server-killed "" pass "" "nc sets SO_REUSEADDR"
pin nc accept/many-at-once "" fail "c2: recv: 0 of 10 bytes" "one client at a time"
pin nc accept/one-after-another "" pass "" "-k listens again when a client has ended"
pin nc accept/backlog-is-no-limit "" skip "cannot be told {backlog}" "as above"
pin nc accept/slow-reader "" fail "quick: recv: 0 of 12 bytes" "one client at a time"
pin nc accept/fails-once "" fail '"nc.openbsd: accept:' "any failure of accept() ends nc"
pin nc data/all-at-once "" pass "" "poll(2) says again that there is more"
all_pinned nc
while read -r family; do
	# the second client was acknowledged by the kernel, and heard nothing of nc
	count nc accept/many-at-once "family=$family" "tcp.dstport == 50002" tcp.len 0
	count nc accept/many-at-once "family=$family" "tcp.dstport == 50002 && tcp.flags.syn == 1 && tcp.flags.ack == 1" tcp.flags.syn 1
done <families

# web NAME COMMAND: what asks a server of http-get, and the same rude clients without asking what is printed
web() {
	judged "$1" http/get http/requests http/refused http/rude-clients "$own/http-rude.lua" --impl "http-get.server=$2"
	pin "$1" http/refused "" pass "" "asks for a file at the second address, gets it"
	pin "$1" http-rude "" pass "" "who is gone disturbs nobody: the next one gets all, and FIN"
	for client in "half a request" nothing "leaves at once"; do
		pin "$1" http/rude-clients "client=$client" fail "stdout of server has no line \"lost" "its log has no such word"
	done
	pin "$1" http/rude-clients "client=resets at once" fail "stdout of server does not have \"lost\"" "its log has no such word"
}

# The log's format is such that it prints what the contract wants, as far as it can.
web nginx "nginx -p {dir} -e stderr -c $own/nginx.conf"
pin nginx http/get "" pass "" "whole, with FIN, and logged as the contract has it"
for request in "in pieces" "with a query" decoded "a newline in the name" "the folder." HEAD missing "two slashes" "no Host"; do
	pin nginx http/requests "request=$request" pass "" "as RFC 9110 and 9112 want it"
done
# "the folder above" and "the folder above, encoded"
pin nginx http/requests "request=the folder above" fail 'stdout of server has no line "400 /' "answers 400, but logs \"-\" for a target that it did not take"
pin nginx http/requests "request=no version" fail "the head of the answer does not end" "HTTP/0.9: the file, and no head"
pin nginx http/requests "request=another method" fail "the value is 405; expected is 501" "it knows POST, though not for a file: 405 is right by RFC 9110 too"
pin nginx http/requests "request=more than a head" fail "the value is 414; expected is 400" "414, for what is too long is the target"
all_pinned nginx
while read -r family; do
	count nginx http/requests "family=$family request=no version" "tcp.srcport == 8080" tcp.len 6
	count nginx http/requests "family=$family request=the folder above" 'http.response.code == 400' http.response.code 400
	count nginx http/get "family=$family size=300000" "http.response" http.content_length 300000
done <families

web busybox-httpd 'busybox httpd -f -p {port} -h {folder}'
pin busybox-httpd http/get "" fail 'stdout of server has no line "200 /file.bin"' "it prints nothing; the file is right"
for request in "in pieces" "with a query" decoded "a newline in the name" "the folder."; do
	pin busybox-httpd http/requests "request=$request" fail 'stdout of server has no line "200 /' "it prints nothing; the answer is right"
done
pin busybox-httpd http/requests request=HEAD fail "the value is \"bytes…; expected is \"\"" "sends the body to HEAD"
for request in missing "the folder above" "two slashes" "no version" "another method" "more than a head"; do
	pin busybox-httpd http/requests "request=$request" fail "the answer has no Content-Length" "what is no file has its end at the FIN"
done
pin busybox-httpd http/requests "request=no Host" fail "the value is 200; expected is 400" "it does not look at Host"
all_pinned busybox-httpd
while read -r family; do
	# the head of 184 bytes and the 16 of the file, as for GET
	count busybox-httpd http/requests "family=$family request=HEAD" "tcp.srcport == 8080" tcp.len 200
	count busybox-httpd http/requests "family=$family request=no Host" "http.response" http.response.code 200
	count busybox-httpd http/requests "family=$family request=another method" "http.response" http.response.code 501
done <families

web python 'python3 -m http.server {port} --bind ::'
pin python http/get "" fail 'the value is "HTTP/1.0 200 OK"; expected is "HTTP/1.1 200 OK"' "HTTP/1.0 unless --protocol says otherwise"
for request in "in pieces" "with a query" decoded "a newline in the name" "the folder." HEAD missing "the folder above" "no Host" "another method" "more than a head"; do
	pin python http/requests "request=$request" fail "the value is nil; expected is" "the same"
done
pin python http/requests "request=two slashes" fail "the status is nil" "the same"
pin python http/requests "request=no version" fail "the answer ends with EAGAIN after 0 bytes" "it knows HTTP/0.9, but waits for the empty line that HTTP/0.9 has not"
all_pinned python
while read -r family; do
	count python http/get "family=$family size=300000" "http.response" http.content_length 300000
	count python http/requests "family=$family request=no version" "tcp.srcport == 8080" tcp.len 0
	count python http/requests "family=$family request=the folder above" "http.response" http.response.code 404
done <families

judged redis "$own"/redis-*.lua
pin redis redis-pieces "" pass "" "what is not a whole command waits in the client's buffer"
pin redis redis-pipelined "" pass "" "one answer each, in order"
pin redis redis-many "" pass "" "one thread, one buffer for each client"
pin redis redis-killed "" pass "" "redis sets SO_REUSEADDR"
pin redis redis-half-close answer=small pass "" "the answer is written before the end is read"
pin redis redis-half-close answer=large fail "c: recv = 0 (end of stream) after … of 8000012 bytes" \
	"the end of a client's side is the end of the client: what redis still has for it is thrown away"
for what in length number; do
	pin redis redis-nonsense "what=$what" pass "" "an error, and FIN"
done
pin redis redis-nonsense "what=endless line" fail "c: recv = -1 ECONNRESET" "closes with most of the line unread"
all_pinned redis
while read -r family; do
	count redis redis-half-close "answer=large family=$family" "tcp.srcport == 6379 && tcp.flags.fin == 1 && !tcp.analysis.retransmission" tcp.flags.fin 1
	count redis redis-half-close "answer=large family=$family" "tcp.flags.reset == 1" tcp.len 0
	count redis redis-nonsense "family=$family what=endless line" "tcp.srcport == 6379 && tcp.len > 0" tcp.len 45
done <families
finish
