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
says out "diverged: repetition " "a program that prints chance"
says out "first run:" "a program that prints chance"
says out "this run:" "a program that prints chance"
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
says out "flaky: pass once, fail in repetition 2: flake exited with 1; expected exit status 0" "a flake"

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
says out "2 cases: 2 passed" "a steady scenario"

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
finish
