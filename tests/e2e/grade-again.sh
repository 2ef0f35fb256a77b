#!/bin/bash
# SPDX-License-Identifier: MIT
# grade-again.sh - what has not changed keeps its marks, and shards make one class
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq
need_wire

cat >one.lua <<'EOF'
return assignment {
  title = "an echo server",
  contract = "tcp-echo",
  programs = { server = { exe = "server", start = "{exe} {port} {backlog}" } },
  build = { command = "gcc -D_GNU_SOURCE -pthread -o server *.c" },
  tests = {
    { name = "listens", points = 4, scenarios = { "connect/announced" }, where = { family = "ipv4" } },
    { name = "echoes", points = 6, scenarios = { "close/half-close" }, where = { family = "ipv4" }, after = { "listens" } },
  },
}
EOF
mkdir ann ben cem
cp "$root/servers/tcp-echo/poll.c" ann/
cp "$root/servers/tcp-echo/faulty/ipv4-only.c" ben/
cp "$root/servers/tcp-echo/faulty/zombies.c" cem/

# Without what hangs on the clock.
steady() {
	jq -S 'del(.. | .at?, .at_ns?, .duration?, .duration_ns?, .path?)' "$1"
}

same_marks() {
	steady "$1" >a.json
	steady "$2" >b.json
	checks=$((checks + 1))
	[ -s a.json ] && cmp -s a.json b.json || { diff a.json b.json >differ; problem "$3" differ; }
}

sp grade one.lua ann ben cem --out all --format canvas-is-not-a-format
exits 2 "a format that there is not"
says err "there are" "the formats are named"

sp grade one.lua ann ben cem --out all
exits 1 "one of three fails"
says out "cem: 4 of 10 points" "its points"
says out "zombies = 1" "its reason"
touch all/ann/built/old all/ben/built/old all/cem/built/old
cp all/marks.json first.json

sp grade one.lua ann ben cem --out all
exits 1 "the same again"
checks=$((checks + 1))
[ -e all/ann/built/old ] && [ -e all/ben/built/old ] && [ -e all/cem/built/old ] || problem "what had not changed was built again"
cmp -s first.json all/marks.json || problem "what had not changed has other marks"

# a submission that has changed, and it alone
echo '/* better? */' >>ben/ipv4-only.c
sp grade one.lua ann ben cem --out all
holds "the one that has changed was built again" test ! -e all/ben/built/old
holds "the others were not" test -e all/ann/built/old -a -e all/cem/built/old

# an assignment that has changed
sed -i 's/points = 6/points = 16/' one.lua
sp grade one.lua ann ben cem --out all
says out "ann: 20 of 20 points" "points of the assignment as it is now"
touch all/ann/built/old
sp grade one.lua ann ben cem --out all --fresh
holds "--fresh builds again" test ! -e all/ann/built/old

# results that were damaged are none
echo '{' >all/ann/marks.json
sp grade one.lua ann --out all
exits 0 "graded anew"
says out "ann: 20 of 20 points" "and right"

# shards, and what they are together
sp grade one.lua ann ben cem --out all --fresh
for i in 1 2; do
	sp grade one.lua ann ben cem --out part$i --shard $i/2
done
says out "ben: 20 of 20" "the second of two shards"
checks=$((checks + 1))
grep -q "ann\|cem" out && problem "the second of two shards marks others" out
sp grade --merge part1 part2 --out merged --format junit
exits 1 "merged: one fails"
same_marks all/marks.json merged/marks.json "merged results are those of one machine"
holds "a file of the class" test -s merged/junit.xml
sp grade --merge part1 part1 --out merged
exits 2 "a submission twice"
says err 'is in two of these folders' "it is named"
sp grade --merge part1 nowhere --out merged
exits 2 "a folder that is not there"
sp grade --merge part1 part2 --out merged --format gradescope
exits 2 "a format for each submission"
for shard in 0/2 3/2 1 x/y 1/0; do
	sp grade one.lua ann --shard $shard
	exits 2 "--shard $shard"
done

# one test, and what it depends on
sp grade one.lua cem --only echoes --out only
exits 1 "--only"
holds "both" test "$(jq '.marks[0].tests | length' only/cem/marks.json)" = 2
sp grade one.lua cem --only 1 --out only
exits 0 "--only by number"
holds "one" test "$(jq '.marks[0].tests | length' only/cem/marks.json)" = 1
sp grade one.lua cem --only nothing --out only
exits 2 "--only of nothing"

# nothing of anybody's is lost by a wrong --out
mkdir -p work/ann/source
cp ann/poll.c work/ann/
echo mine >work/ann/source/notes
sp grade one.lua work/ann --out work
exits 2 "results where the submission is"
says err "holds what is no result of grading" "it is said"
holds "the student's own folder is as it was" test "$(cat work/ann/source/notes)" = mine
mkdir -p theirs/report
echo '<p>mine</p>' >theirs/report/index.html
sp grade one.lua ann --out theirs
exits 2 "a page of somebody else's"
holds "it is as it was" grep -q mine theirs/report/index.html

# the class in a browser
holds "the page is there" test -s all/report/index.html
checks=$((checks + 1))
grep -q '<h1>Marks: an echo server</h1>' all/report/index.html || problem "the page is not called after the assignment"
grep -q '<th scope="row">cem</th><td>4 of 20</td><td>✓ 4</td><td>✗ 0</td>' all/report/index.html || problem "cem's marks are not in the page"
finish
