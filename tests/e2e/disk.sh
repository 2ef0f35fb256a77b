#!/bin/bash
# SPDX-License-Identifier: MIT
# disk.sh - a disk that gets full costs evidence: an error of those cases alone; what was written before stays whole
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq unshare tshark
need_root
need_wire

cat >small.lua <<'EOF'
return scenario { title = "little evidence", run = function(t)
  t.client:socket("c"):connect(t.server:address(6000)):fails "ECONNREFUSED"
end }
EOF
cat >large.lua <<'EOF'
return scenario { title = "much evidence", matrix = { n = { 1, 2 } }, run = function(t)
  local bytes = t:bytes(300000)
  local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
  local c = t.client:socket("c"):connect(l):connected()
  local s = l:accept "s"
  t:together { function() c:send(bytes) end, function() s:receives(bytes) end }
end }
EOF
# the last one finds room: what could not be kept whole is not kept
cp small.lua tiny.lua

mkdir disk
cat >inside.sh <<'EOF'
mount -t tmpfs -o size=128k none disk || exit 99
"$1" run small.lua large.lua tiny.lua -j 1 --out disk/evidence --format json
status=$?
cp -r disk/evidence kept
exit $status
EOF
status=0
unshare -m --propagation private bash inside.sh "$sockproof" >out 2>err </dev/null || status=$?
[ "$status" != 99 ] || cannot "no tmpfs can be mounted here"
exits 4 "a full disk"
holds "a full disk: the report is no JSON" jq -e . out
holds "a full disk: not an error of the large cases alone" jq -e '
	[.cases[] | "\(.scenario) \(.verdict)"] == ["small pass", "large error", "large error", "tiny pass"]' out
holds "a full disk: the reason does not name it" jq -e '
	all(.cases[] | select(.scenario == "large"); .reason | contains("No space left on device"))' out
for name in small tiny; do
	holds "$name: its verdict is not whole" jq -e '.verdict == "pass"' "kept/$name/reference/verdict.json"
	holds "$name: its capture is not whole" tshark -n -r "kept/$name/reference/capture.pcapng"
	holds "$name: it has not two packets" test "$(tshark -n -r "kept/$name/reference/capture.pcapng" 2>/dev/null | wc -l)" = 2
done
holds "half a case directory is left" test -z "$(find kept -path '*large*' -type f)"

# from the first moment on
cat >inside.sh <<'EOF'
mount -t tmpfs -o size=4k,nr_inodes=3 none disk || exit 99
exec "$1" run small.lua --out disk/evidence --format json
EOF
status=0
unshare -m --propagation private bash inside.sh "$sockproof" >out 2>err </dev/null || status=$?
checks=$((checks + 1))
case $status in
2 | 4) grep -q "No space left on device" out err || problem "no room for anything: it does not say so" out err ;;
*) problem "no room for anything: exit status $status, neither 2 nor 4" out err ;;
esac
finish
