#!/bin/bash
# SPDX-License-Identifier: MIT
# grade.sh - the shipped assignments: the contracts' own programs get all points, one with a fault loses those of its fault; and what is
# handed in, or written into an assignment, that cannot be graded
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq gcc tar
need_wire

# submission NAME SOURCE AS [SOURCE AS]…: a folder here with these files of servers/ in it
submission() {
	local folder=$1
	shift
	mkdir -p "$folder"
	while [ $# -gt 0 ]; do
		cp "$root/servers/$1" "$folder/$2"
		shift 2
	done
}

# of NAME FILTER: what marks.json of the last grading says of that submission
of() {
	jq -r --arg name "$1" ".marks[] | select(.name == \$name) | $2" marks/marks.json
}

# all NAME: it got every point, and every test was played
all() {
	checks=$((checks + 1))
	[ "$(of "$1" '[.earned_thousandths, .points_thousandths, .not_assessed_thousandths] | @csv')" = 100000,100000,0 ] ||
		problem "$assignment: $1 did not get 100 of 100 points" out
	checks=$((checks + 1))
	[ "$(of "$1" '[.tests[].status] | unique | @csv')" = '"passed"' ] || problem "$assignment: a test of $1 was not passed" out
}

# loses NAME "NUMBER…" TEXT: points in these tests and no other; the first of them says why
loses() {
	local numbers
	checks=$((checks + 2))
	numbers=$(of "$1" '[.tests[] | select(.earned_thousandths < .points_thousandths) | .number] | join(" ")')
	[ "$numbers" = "$2" ] || problem "$assignment: $1 lost points in the tests \"$numbers\", not \"$2\"" out
	of "$1" ".tests[] | select(.number == \"${2%% *}\") | .feedback" >feedback
	grep -qE -e "$3" feedback || problem "$assignment: $1: \"$3\" is not in the feedback" feedback
}

# graded ASSIGNMENT STATUS SUBMISSION…
graded() {
	assignment=$1
	local expected=$2
	shift 2
	rm -rf marks
	sp grade "$assignment" "$@" --out marks
	exits "$expected" "grade $assignment $*"
}

# pair CONTRACT [server|client FAULT]: handed-in/right, and handed-in/FAULT with one of its two programs wrong
pair() {
	rm -rf right wrong
	submission right "$1/server.c" server.c "$1/client.c" client.c
	submission wrong "$1/server.c" server.c "$1/client.c" client.c
	submission wrong "$1/faulty/$2.c" "${2%%-*}.c"
}

# Every assignment: who is right gets all; a fault costs what it is about, and the student is told what happened.
submission right tcp-echo/poll.c echo.c
submission serial tcp-echo/faulty/serial-server.c echo.c
submission blocked tcp-echo/faulty/one-blocks-all.c echo.c
graded echo-server 1 right serial blocked
all right
loses serial "5 6" "c2: recv"
loses blocked 6 "quick: recv"
holds "echo-server: who is told everything is not told how to repeat it" test -n "$(of blocked '.tests[5].feedback | select(contains("sockproof grade"))')"

rm -rf right
submission right tcp-reader/reader.c reader.c
submission wrong tcp-reader/faulty/exits-on-reset.c reader.c
graded tcp-reader 1 right wrong
all right
loses wrong "6 7" "exited with 1"
holds "tcp-reader: a hint of \"none\" says more than that it failed" test "$(of wrong '.tests[6].summary | startswith("failed")')" = true
holds "tcp-reader: a hint of \"what\" shows details" test "$(of wrong '.tests[5].feedback | contains("sockproof grade")')" = false

pair tcp-greeter server-zombies
graded tcp-greeter 1 right wrong
all right
loses wrong "4 5 6" "zombies"

pair tcp-message client-hides-end
graded tcp-message 1 right wrong
all right
loses wrong 12 "exited with 0"

pair udp-echo server-connects
graded udp-echo 1 right wrong
all right
loses wrong 3 "ECONNREFUSED"

# a test that depends on one that failed is not run, and says so
pair udp-guess server-atoi
graded udp-guess 1 right wrong
all right
loses wrong "2 5 7" "differs"
holds "udp-guess: not run, and why" test "$(of wrong '.tests[6] | [.status, .summary] | join(": ")')" = \
	'not run: not run, because "two of our clients at your server" failed'

pair tcp-resume client-ignores-refusal
graded tcp-resume 1 right wrong
all right
loses wrong 8 "exited with 2; expected exit status 1"

pair udp-resume server-past-end
graded udp-resume 1 right wrong
all right
loses wrong "3 10" "differs"

# a test with partial credit: one of its seven cases failed
pair unix-messages server-overflow
graded unix-messages 1 right wrong
all right
loses wrong 2 "killed by SIGABRT"
holds "unix-messages: six of seven parts of 15 points" test "$(of wrong '.tests[1].earned_thousandths')" = 12857

rm -rf right wrong
submission right http-get/client.c get.c
submission wrong http-get/faulty/client-hides-cut.c get.c
graded http-get 1 right wrong
all right
loses wrong 5 "exited with 0; expected exit status 4"

# What is handed in.
assignment=own.lua
cat >own.lua <<'EOF'
return assignment {
  title = "An echo server, as a file called echo.c",
  contract = "tcp-echo",
  programs = { server = { exe = "server", start = "{exe} {port} {backlog}" } },
  build = { command = "gcc -std=gnu17 -D_GNU_SOURCE -pthread -o server echo.c" },
  tests = {
    { name = "one", points = 1, scenarios = { "assignments/parts/echo" } },
    { name = "two", points = 2.5, scenarios = { "close/half-close" }, after = { "one" }, partial = true },
  },
}
EOF
rm -rf right
submission right tcp-echo/poll.c echo.c
mkdir misspelt empty broken
cp right/echo.c misspelt/Echo.c
echo 'int main(void) { return missing; }' >broken/echo.c
(cd right && tar czf ../archive.tar.gz echo.c)
mkdir linked && ln -s /etc/passwd linked/echo.c
mkdir file && cp right/echo.c file/echo.c
graded ./own.lua 1 right misspelt empty broken linked archive.tar.gz file/echo.c
for name in right archive echo; do
	holds "$name: all points" test "$(of $name '[.earned_thousandths, .points_thousandths] | @csv')" = 3500,3500
done
for name in misspelt empty broken linked; do
	holds "$name: no points" test "$(of $name '[.earned_thousandths, .points_thousandths] | @csv')" = 0,3500
	holds "$name: its tests are not run" test "$(of $name '[.tests[].status] | unique | @csv')" = '"not run"'
done
# told NAME FIELD TEXT
told() {
	of "$1" "$2" >told
	says told "$3" "$1"
}
told misspelt .output "echo.c: No such file or directory"
told broken .output "missing"
told broken '.tests[0].feedback' "does not build"
told empty '.tests[0].feedback' "there is no file in it"
told linked '.tests[0].feedback' "echo.c' is a symbolic link"

# The build goes well, and makes no program of that name.
sed 's/-o server/-o serve/' own.lua >other.lua
graded ./other.lua 1 right
told right .output 'made no program "server"'

# The example of docs/grading.md, as it stands there: each of its files says in its first line what it is called.
mkdir -p course/servers/shout course/scenarios/shout course/alice
awk '/^```lua/ { inside = 1; file = ""; next } /^```$/ { inside = 0 } inside && /^-- .*\.lua$/ { file = "course/" $2; next } inside && file { print > file }' \
	"$root/docs/grading.md"
cat >course/alice/server.c <<'EOF'
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[argc - 1]))};
	int l = socket(AF_INET6, SOCK_STREAM, 0), c;
	char b[1000];
	ssize_t n;

	if (bind(l, (struct sockaddr *)&a, sizeof a) < 0 || listen(l, 5) < 0)
		return 1;
	while ((c = accept(l, NULL, NULL)) >= 0) {
		while ((n = recv(c, b, sizeof b, 0)) > 0) {
			for (ssize_t i = 0; i < n; i++)
				if (b[i] >= 'a' && b[i] <= 'z')
					b[i] -= 'a' - 'A';
			send(c, b, n, MSG_NOSIGNAL);
		}
		close(c);
	}
	return 1;
}
EOF
graded course/shout.lua 1 course/alice
sed -n '/^alice: 7 of 10/,/^```$/{/^```$/!p}' "$root/docs/grading.md" >shown
head -n "$(wc -l <shown)" out >told
holds "docs/grading.md: its example says something else" diff shown told

# Only a test, with what it depends on; formats; exit statuses.
graded ./own.lua 0 right --only two --format gradescope --format junit --format check50
holds "--only two: with the one that it depends on" test "$(of right '[.tests[].name] | join(" ")')" = "one two"
holds "gradescope" jq -e '[.tests[].score] == [1, 2.5]' marks/right/results.json
says marks/junit.xml '<testsuite ' "junit"
holds "check50" jq -e ".results | length == 2" marks/right/check50.json
graded ./own.lua 0 right --only 1
holds "--only 1: that one alone" test "$(of right '[.tests[].name] | join(" ")')" = one

# refused TEXT ARGUMENT…: wrong use
refused() {
	local text=$1
	shift
	sp grade "$@" --out marks
	exits 2 "grade $*"
	says err "$text" "grade $*"
}
mkdir twice && cp right/echo.c twice/right.c
refused 'would both be called "right"' ./own.lua right twice/right.c
refused "nobody: No such file or directory" ./own.lua nobody
refused "no test of that name or number" ./own.lua right --only three
refused "--format yaml: there are gradescope" ./own.lua right --format yaml
refused "no-such-assignment.lua: No such file or directory" no-such-assignment right
refused "an assignment and submissions are wanted" ./own.lua

# What is wrong in an assignment is told with its line before anything is built: mistake LINE TEXT SED
mistake() {
	sed -e "$3" own.lua >mistaken.lua
	checks=$((checks + 1))
	cmp -s own.lua mistaken.lua && problem "$3 changes nothing"
	sp grade ./mistaken.lua right --out none
	exits 2 "$3"
	says err "mistaken.lua${1:+:$1}: $2" "$3"
}
mistake 2 'assignment: unknown key "titel"; did you mean "title"?' 's/title/titel/'
mistake 1 'assignment has no "title"; add title' 2d
mistake 1 'assignment has no "contract"' 3d
mistake 4 'exe = "../server": the name of a file inside the submission' 's/exe = "server"/exe = "..\/server"/'
mistake 4 'start: the command line has no {exe}' 's/"{exe} {port}/"server {port}/'
mistake 4 'program server: unknown key "exec"; did you mean "exe"?' 's/exe = /exec = /'
mistake 4 'programs = {' 's/programs = .*/programs = {},/'
mistake 5 'build: unknown key "comand"; did you mean "command"?' 's/command/comand/'
mistake 5 'build: the command says make, and whose Makefile is not said' 's/"gcc.*"/"make"/'
mistake 5 'build: seconds = 0; a whole number from 1 to 3600' 's/echo.c" }/echo.c", seconds = 0 }/'
mistake 5 'build: memory must be a number, not "much"' 's/echo.c" }/echo.c", memory = "much" }/'
mistake 5 'files = "../Makefile": the name of a file inside' 's/echo.c" }/echo.c", files = { ["..\/Makefile"] = "own.lua" } }/'
mistake 6 'limits: unknown key "memroy"; did you mean "memory"?' $'6i\\  limits = { memroy = 64 },'
mistake 6 'limits: processes = 0; a whole number from 1 to 4096' $'6i\\  limits = { processes = 0 },'
mistake 6 'there are no tests' '7,8d'
mistake 7 'test "one": points = -1; from 0 to 100000' 's/points = 1/points = -1/'
mistake 8 'test "two": points = 0.0001; from 0 to 100000, no finer than thousandths' 's/points = 2.5/points = 0.0001/'
mistake 8 'test "two": points must be a number, not "2"' 's/points = 2.5/points = "2"/'
mistake 8 'test "two" has no "points"; add points' 's/points = 2.5, //'
mistake 8 'test "one" stands there twice' 's/"two"/"one"/'
mistake 8 'test "two": after names no test that stands before it: "won"; there are: one' 's/after = { "one" }/after = { "won" }/'
mistake 8 'test "two": after names no test that stands before it: "two"' 's/after = { "one" }/after = { "two" }/'
mistake 8 'test "two": the submission has no program for role "client"' 's/partial = true/plays = { "client" }/'
mistake 8 'test "two": no hint "some"' 's/partial = true/hint = "some"/'
mistake 8 'test "two": no visibility "hiden"; did you mean "hidden"?' 's/partial = true/visibility = "hiden"/'
mistake 8 'test "two": where gives one value for each parameter' 's/partial = true/where = { "ipv4" }/'
mistake 8 'test "two": item 1 of tags is 3, not a text' 's/partial = true/tags = { 3 }/'
mistake 8 'test "two" has no scenarios; write scenarios = ' 's/{ "close\/half-close" }/{}/'
mistake '' 'test "two": no case of close/half-close fits its `where`' 's/partial = true/where = { family = "ipv5" }/'
mistake '' 'test "two": scenario udp/echo is about udp-echo, not about contract tcp-echo' 's/close\/half-close/udp\/echo/'
mistake '' 'test "two"' 's/close\/half-close/close\/half-clos/'
mistake 11 'the file must end with: return assignment' 's/return assignment/return/'
holds "nothing was graded by an assignment with a mistake in it" test -z "$(find none -name marks.json 2>/dev/null)"
finish
