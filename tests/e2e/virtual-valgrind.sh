#!/bin/bash
# SPDX-License-Identifier: MIT
# virtual-valgrind.sh - programs under Valgrind in a guest: it finds what it finds here, names functions and lines, and the same every time
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq valgrind
need_wire
grep -q '^  ok   kernel' doctor.out || cannot "no kernel for the virtual clock; ci/kernels fetches them"
grep -q '^  ok   qemu' doctor.out || cannot "no QEMU; ci/setup installs it"
valgrind -q true || cannot "valgrind does not run here; ci/setup installs what it needs (libc6-dbg)"
ln -s "$(dirname "$sockproof")/tests/self-programs" programs

cat >finds.lua <<'END'
return scenario {
  title = "a leak is found in a guest",
  needs = { "program:valgrind", "program:programs/leaks" },
  deadline = 60,
  run = function(t)
    local leaks = t.client:run { "programs/leaks", under = "valgrind", name = "leaks" }:exits(97)
    leaks:stderr():has "definitely lost"
    leaks:stderr():has "main (leaks.c:"
  end,
}
END
sp run finds.lua --out here
exits 0 "a leak, under the real clock"
sp run finds.lua --clock virtual --repeat 2 --out guest
exits 0 "a leak, twice the same bytes"
holds "a leak: the report of the guest is not that of this machine" cmp {here,guest}/finds/reference/trace.txt

# a server that the case starts: nothing is named but the need
cat >serves.lua <<'END'
return scenario {
  title = "a server under Valgrind",
  contract = "tcp-echo",
  needs = { "program:valgrind" },
  deadline = 60,
  run = function(t)
    local srv = t:start { under = "valgrind" }
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "hello":shutdown "wr":receives "hello":reads_eof()
    srv:signal "TERM"
    srv:stderr():exactly ""
  end,
}
END
sp run serves.lua --impl tcp-echo=@poll --clock virtual --out serves
exits 0 "a server under Valgrind"
holds "a server under Valgrind: it was not under Valgrind" grep -q '^  started: valgrind .* poll ' serves/serves/poll/trace.txt
finish
