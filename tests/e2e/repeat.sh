#!/bin/bash
# SPDX-License-Identifier: MIT
# repeat.sh - --repeat shows what is not the same every time: a trace that differs, a verdict that differs; and nothing else
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq
need_wire

cat >chance.lua <<'EOF'
return scenario {
  title = "a program that prints what chance gives it",
  run = function(t)
    t.client:run { "/bin/bash", "-c", "echo number $RANDOM $RANDOM $RANDOM", name = "chance" }:exits(0)
  end,
}
EOF
sp run chance.lua --repeat 3 --no-out
exits 4 "a program that prints chance"
says out " · 1 case, 3 times" "how often is told"
says out "1 case, 3 times: 0 passed, 0 failed, 0 skipped, 1 error" "how often is told"
says out "diverged: of 3 repetitions 2 left another normalised trace than the first" "a program that prints chance"
says out "repetition 1:" "a program that prints chance"
says out "repetition 2:" "a program that prints chance"
says out "run chance.lua --repeat 3" "the command shows it again"
says out "number " "a program that prints chance"

# it keeps its state in a folder of this test's own
cat >flake.lua <<EOF
return scenario {
  title = "a program that fails every second time",
  run = function(t)
    t.client:run { "/bin/sh", "-c", "if rmdir $work/flake 2>/dev/null; then exit 1; else mkdir $work/flake; fi", name = "flake" }:exits(0)
  end,
}
EOF
sp run flake.lua --repeat 4 -j 1 --no-out --format json
exits 4 "a program that fails every second time"
says out "flaky: 2 passed, 2 failed of 4 repetitions; repetition 2: flake exited with 1; expected exit status 0" "a flake"
holds "a flake: its line, how often, and the command that shows it again" jq -e \
	'.repeat == 4 and .cases[0].line == 4 and (.cases[0].command | endswith("run flake.lua --repeat 4"))' out
mkdir flake
sp run flake.lua --repeat 3 -j 1 --no-out
says out "flaky: 1 passed, 2 failed of 3 repetitions; repetition 1: flake exited with 1" "a flake that fails first"

# the evidence of the first one that was not as the first is kept, beside that one's, and is what is shown
rm -rf flake
sp run flake.lua --repeat 6 -j 1 --out kept
exits 4 "a flake with evidence"
says out "evidence  kept/flake/reference.repetition-2" "a flake with evidence"
holds "the first one's evidence" jq -e '.verdict == "pass"' kept/flake/reference/verdict.json
holds "the failed one's evidence" jq -e '.verdict == "fail"' kept/flake/reference.repetition-2/verdict.json
holds "evidence of one is enough" test ! -e kept/flake/reference.repetition-4
sp inspect kept/flake/reference.repetition-2
says out "flake exited with 1" "the failed one's evidence"
sp run chance.lua --repeat 3 -j 1 --out kept
says out "evidence  kept/chance/reference.repetition-2" "a trace that differs"
holds "a trace that differs: its evidence" bash -c '! cmp -s kept/chance/reference/trace.txt kept/chance/reference.repetition-2/trace.txt'
rm -rf flake
sp run flake.lua --out kept
exits 0 "once"
holds "what an earlier run left of repetitions goes" test ! -e kept/flake/reference.repetition-2
rm -rf flake

# what is told does not hang on which repetition ends first. Of four, two at a time: one of the first two ends at once, the
# other waits for the fourth, and so it ends behind the third.
mkfifo both fourth
cat >late.sh <<EOF
cd $work
if mkdir one 2>/dev/null; then read -r _ <both; exit 0; fi
if mkdir two 2>/dev/null; then echo >both; read -r _ <fourth; exit 2; fi
if mkdir three 2>/dev/null; then exit 3; fi
echo >fourth
EOF
cat >late.lua <<EOF
return scenario {
  title = "one that began early ends late",
  deadline = 60,
  run = function(t) t.client:run { "/bin/sh", "$work/late.sh", name = "late" }:exits(0) end,
}
EOF
sp run late.lua --repeat 4 -j 2 --no-out
says out "flaky: 2 passed, 2 failed of 4 repetitions; repetition " "one that ends late"
says out ": late exited with 2; expected exit status 0" "one that ends late"

# --pace shows what hangs on pace: a second segment that has room only as long as the first is not said again
cat >pace.lua <<'EOF'
return scenario {
  title = "two segments before an ACK",
  deadline = 1,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):option("TCP_NODELAY", 1):connect(l):connected()
    local s = l:accept "s"
    t.wire:hold "server > client"
    c:send "one":send "two"
    s:receives "onetwo"
  end,
}
EOF
sp run pace.lua --no-out
exits 0 "at its own pace"
sp run pace.lua --no-out --pace 400ms
exits 1 "--pace"
says out "run pace.lua --pace 400000us" "--pace stands in the command that repeats it"
sp run pace.lua --pace fast
exits 2 "a pace that is none"
sp run pace.lua --pace 1ms --clock virtual
exits 2 "--pace under the virtual clock"

cat >steady.lua <<'EOF'
return scenario {
  title = "ports, pids, times and sequence numbers are the kernel's affair",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):bind(t.client:address(0)):connect(l):connected():send "hello":shutdown "wr"
    l:accept("s"):receives "hello":reads_eof():close()
    c:reads_eof()
    t.client:run { "/bin/cat", name = "cat" }:stdin "a line":close_stdin():exits(0)
  end,
}
EOF
sp run steady.lua --repeat 25 -j 8 --no-out
exits 0 "a steady scenario, 25 times"
says out "2 cases, each 25 times: 2 passed" "a steady scenario"
sp run steady.lua --repeat 2 --no-out --format tap
says out ", each case 2 times" "how often, in TAP"

# and what two separate runs leave behind is the same, byte for byte
sp run steady.lua --out one
sp run steady.lua --out two
for family in ipv4 ipv6; do
	holds "the traces of two runs differ" diff "one/steady/reference/family-$family/trace.txt" "two/steady/reference/family-$family/trace.txt"
done
# a fail that is the same every time stays a fail
echo 'return scenario { title = "wrong", run = function(t) t:expect(1):is(2) end }' >wrong.lua
sp run wrong.lua --repeat 5 --no-out
exits 1 "a fail, 5 times"
says out "1 case, 5 times: 0 passed, 1 failed" "a fail, 5 times"
finish
