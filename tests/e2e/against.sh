#!/bin/bash
# SPDX-License-Identifier: MIT
# against.sh - every scenario's main case is as its reference in captures/; what is not is told, and taken over only when asked
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need_wire
references=$root/captures

# All of them, under the real clock; those tagged timers are against-virtual.sh's.
sp run --against "$references" --out out.all
exits 0 "the catalogue against captures/"
says out " compared with $references: 0 part" "the catalogue against captures/"

# Each scenario has one, and the index has each.
find "$root/scenarios" -path "$root/scenarios/assignments" -prune -o -name '*.lua' -printf '%P\n' | sed 's/\.lua$//' | LC_ALL=C sort >scenarios.txt
(cd "$references" && find . -name trace.txt -printf '%P\n') | sed 's|/trace.txt$||' | LC_ALL=C sort >have.txt
holds "each scenario has a reference" diff scenarios.txt have.txt
sed -n 's/^| \[\([^]]*\)\].*/\1/p' "$references/README.md" | LC_ALL=C sort >index.txt
holds "captures/README.md has each" diff have.txt index.txt

# A reference that says something else.
cp -r "$references/connect" connect-kept
mkdir mine && cp -r "$references/connect" mine/
sed -i '0,/R$/s/    R$/    F/' mine/connect/refused/trace.txt
sp run connect/refused --against mine
exits 1 "a reference that says otherwise"
says out "=== connect/refused" "a reference that says otherwise"
says out "1 compared with mine: 1 part" "a reference that says otherwise"
says sockproof-out/against.txt "they part first in trace" "OUT/against.txt"
sp run connect/refused --against mine --no-out
exits 1 "without case directories"
says out "trace line " "without case directories"
holds "nothing is taken over unasked" grep -q '^    F$' mine/connect/refused/trace.txt
sp run connect/refused --against mine --accept
exits 0 "--accept"
says out "they part first in trace" "--accept shows the difference"
says out "1 part, 1 written" "--accept"
holds "--accept renews" cmp mine/connect/refused/trace.txt connect-kept/refused/trace.txt
sp run connect/refused --against mine
exits 0 "after --accept"

# A README that is no index of references stays.
rm -r mine/connect/refused
echo "# Mine" >mine/README.md
sp run connect/refused --against mine --accept
exits 4 "somebody's README"
says err "mine/README.md is not an index of references" "somebody's README"
holds "somebody's README" grep -qx "# Mine" mine/README.md
rm mine/README.md

# What no trace has: an option of a handshake.
mkdir options && cat >options/mss.lua <<'EOF'
return scenario {
  title = "a server that offers what it is told",
  run = function(t)
    local l = t.server:socket("l"):option("TCP_MAXSEG", 1000):bind(t.server:address(6000)):listen(1)
    t.client:socket("c"):connect(l):connected()
  end,
}
EOF
sp run options --against mss --accept
exits 0 "a reference of its own"
sp run options --against mss
exits 0 "the same options"
LC_ALL=C sed -i 's/\x02\x04\x03\xe8/\x02\x04\x02\x58/g' mss/mss/capture.pcapng
sp run options --against mss
exits 1 "another option"
says out "they part first in options" "another option"
sp run options --against mss --no-out
exits 0 "another option, without captures"

# A trace of before controls of direction were escaped; what is escaped and another byte still parts.
mkdir turns && cat >turns/round.lua <<'EOF'
return scenario {
  title = "a program prints what turns a text round",
  run = function(t) t.client:run { "/usr/bin/printf", "a \\u202e b\\n", name = "p" }:exits(0) end,
}
EOF
sp run turns --against before --accept
exits 0 "a reference with a control of direction"
says before/round/trace.txt '| a \xe2\x80\xae b' "a reference with a control of direction"
sed -i 's/\\xe2\\x80\\xae/\xe2\x80\xae/' before/round/trace.txt
checks=$((checks + 1))
! grep -qF '\xe2' before/round/trace.txt || problem "nothing was made raw" before/round/trace.txt
sp run turns --against before
exits 0 "a reference with the same control as it was"
sed -i 's/\xe2\x80\xae/\xe2\x80\xad/' before/round/trace.txt
sp run turns --against before
exits 1 "a reference with another control as it was"

# Another program: where it parts from the reference.
sp run close/half-close --impl tcp-echo=@closes-on-eof-early --against "$references"
exits 1 "a faulty program"
says out "the other end's bytes end after 13 in B, after 27 in A" "a faulty program"

# One that is missing, one of no scenario, one that does not pass.
rm -r mine/connect/refused
sp run connect/refused --against mine
exits 1 "none is there"
says out "--accept writes it" "none is there"
cat >fails.lua <<'EOF'
return scenario {
  title = "it fails",
  run = function(t)
    t:expect(1):is(2)
  end,
}
EOF
sp run fails.lua --against mine --accept
exits 1 "what fails becomes no reference"
says out "only what passes becomes a reference" "what fails becomes no reference"
holds "what fails becomes no reference" test ! -e mine/fails
mkdir scenarios && sed 's/t:expect(1):is(2)/t:expect(1):is(1)/' fails.lua >scenarios/passes.lua
sp run --against mine
exits 1 "references of no scenario"
says out "there is no such scenario" "references of no scenario"

# Wrong use.
sp run connect/refused --accept
exits 2 "--accept alone"
sp run connect/refused --against mine --accept --no-out
exits 2 "--accept without captures"
sp run close/half-close --against mine --accept --impl tcp-echo=@fork
exits 2 "--accept with --impl"
finish
