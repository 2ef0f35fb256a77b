#!/bin/bash
# SPDX-License-Identifier: MIT
# page.sh - the report for a browser: in a browser. page.py looks at it there
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need python3 chromium
need_wire

mkdir -p scenarios/close scenarios/odd
cat >scenarios/close/whole.lua <<'EOT'
return scenario {
  title = "what is sent arrives",
  matrix = { family = { "ipv4", "ipv6" }, bytes = { 1, 3000 } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected():send(t:bytes(t.p.bytes)):shutdown "wr"
    l:accept("s"):receives(t:bytes(t.p.bytes)):reads_eof():close()
    c:reads_eof()
    t.client:run { "/bin/echo", "a word", name = "talker" }:exits(0)
  end,
}
EOT
cat >scenarios/close/parts.lua <<'EOT'
return scenario {
  title = "the fourth packet says hallo",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected():send "hello":shutdown "wr"
    l:accept("s"):receives "hello":reads_eof():close()
    c:reads_eof()
    c.flow:exactly [[
      client > server  S
      server > client  S.
      client > server  .
      client > server  P. "hallo"
    ]]
  end,
}
EOT
# Everything that comes from outside tries to become a part of the page.
cat >scenarios/odd/hostile.lua <<'EOT'
return scenario {
  title = "</title></script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
  why = "{{nonce}} <svg onload=alert(1)> --> ]]>",
  matrix = { words = { "\"><script>window.hacked = 3</script>", "javascript:alert(1)//'`${1}" } },
  run = function(t)
    local p = t.client:run { "/usr/bin/printf",
      "</script><script>window.hacked = 4</script>\\033]0;title\\007\\033[31m\\377\\376\\xed\\xa0\\x80\\0<img src=x onerror='window.hacked = 5'>\\n<!--{{data}}\\nB \u{202e} C \u{2066} D\u{2028}\u{61c}\u{feff}\\n",
      name = "p<b>&" }
    p:exits(0)
    t:note "<script>window.hacked = 6</script>\u{202e}\u{2066}"
    p:stdout():line "<script>window.hacked = 7</script>"
  end,
}
EOT
echo 'return scenario { title = "not today", run = function(t) t:skip "not today" end }' >scenarios/odd/skips.lua
echo 'return scenario { title = "a mistake", run = function(t) t:expect(1) end }' >scenarios/odd/errs.lua

sp run scenarios --deadline 1
exits 4 "a case of each verdict"
page="sockproof-out/report/index.html"
says out "$page" "where the page is"
holds "the page is not there" test -s "$page"
# what a browser without JavaScript shows
holds "a mark for each case" test "$(grep -o '<a class="c [a-z]* *"' "$page" | wc -l)" = 9
says "$page" '<h1>3 of 9 cases failed, 1 ended in error</h1>' "the overview's head"
says "$page" 'not today' "why something was skipped"
holds "a text ended a script element" test "$(grep -o '</script>' "$page" | wc -l)" = "$(grep -oE '<script( |>)' "$page" | wc -l)"
holds "the page is not UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$page"
for far in 'src="http' 'href="http' 'url(http' '@import'; do
	checks=$((checks + 1))
	! grep -qF -e "$far" "$page" || problem "the page asks the network: $far"
done

mkdir crowd
cat >crowd/eight.lua <<'EOT'
return scenario {
  title = "eight clients at once",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(8)
    local ends = {}
    for i = 1, 8 do ends[i] = { t.client:socket("client-" .. i):connect(l):connected() } end
    for i = 1, 8 do ends[i][2] = l:accept("server-" .. i) end
    for i = 8, 1, -1 do ends[i][1]:send("word " .. i) end
    for i = 1, 8 do ends[i][2]:receives("word " .. i):send("answer " .. i) end
    for i = 1, 8 do ends[i][1]:receives("answer " .. i):close() end
    for i = 1, 8 do ends[i][2]:reads_eof():close() end
  end,
}
EOT
cat >crowd/talk.lua <<'EOT'
return scenario {
  title = "a talk of hundreds of packets",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    for n = 7, 140, 7 do t.wire:drop { "client > server data", nth = n } end
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    for n = 1, 150 do
      c:send("question " .. n)
      s:receives("question " .. n):send("answer " .. n)
      c:receives("answer " .. n)
      if n % 50 == 0 then t:note "a quarter of an hour goes by, or so it is said among those who were there at the time" end
    end
    c:shutdown "wr"
    s:reads_eof():close()
    c:reads_eof()
  end,
}
EOT
sp run crowd --out crowded
exits 0 "crowded cases"

# Longer than the page has room for; stretches that are folded.
mkdir long
cat >long/bulk.lua <<'EOT'
return scenario {
  title = "two hundred packets and a pattern that leads among them",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    for i = 1, 100 do
      c:send(t:bytes(100)) s:receives(t:bytes(100))
      s:send "ok" c:receives "ok"
    end
    c:shutdown "wr"
    s:reads_eof():close()
    c:reads_eof()
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  P. "never"
    ]]
  end,
}
EOT
cat >long/limits.lua <<'EOT'
return scenario {
  title = "more than five thousand packets, and a connection behind the first",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(2)
    local c = t.client:socket("c"):connect(l):connected()
    local s = l:accept "s"
    for i = 1, 2600 do
      c:send(t:bytes(100)) s:receives(t:bytes(100))
      s:send "ok" c:receives "ok"
    end
    t.client:socket("late"):connect(l):connected()
  end,
}
EOT
cat >long/outputs.lua <<'EOT'
return scenario {
  title = "more outputs than the page shows, and one that is long",
  run = function(t)
    t.client:run { "/usr/bin/printf", "%013000d", "1", name = "long" }:exits(0)
    for i = 1, 41 do t.client:run { "/bin/echo", "word " .. i, name = "talker-" .. i }:exits(0) end
  end,
}
EOT
sp run long --out long-out --deadline 60
exits 1 "long cases"
says out "2 passed, 1 failed" "long cases"

# what diff draws: of two cases that part in everything, and of two runs
sp diff long-out/bulk/reference sockproof-out/close/parts/reference --format html --out two.html
exits 1 "two cases as a page"
sed -i 's/"hallo"/"hullo"/; s/send "hello"/send("hello " .. string.rep("world ", 30))/; s/receives "hello"/receives("hello " .. string.rep("world ", 30))/' scenarios/close/parts.lua
sp run scenarios/close --out other --deadline 1
sp diff sockproof-out/close other/close --format html --out runs.html
exits 1 "two runs as a page"

checks=$((checks + 1))
python3 "$root/tests/e2e/page.py" "$page" crowded/report/index.html long-out/report/index.html two.html runs.html >seen 2>&1 || problem "in the browser" seen
grep -q '^[0-9]* looks, all well$' seen || problem "page.py did not get to its end" seen

# what was not the same each time
sp run scenarios/close/whole.lua --repeat 2 --out repeated
exits 0 "--repeat 2"
says repeated/report/index.html "each left the same normalised trace every time" "repetitions that are alike"

mkdir -p site/report && echo "<h1>mine</h1>" >site/report/index.html
sp run scenarios/close/whole.lua --out site
exits 2 "another's page"
says err "site/report/index.html is not a report of sockproof" "another's page"
holds "another's page" grep -qx "<h1>mine</h1>" site/report/index.html
sp run scenarios/close/whole.lua --no-report --out none
exits 0 "--no-report"
holds "--no-report: there is a page" test ! -e none/report
sp run scenarios/close/whole.lua --no-out
exits 0 "--no-out"
mkdir -p bad && echo "in the way" >bad/report
sp run scenarios/close/whole.lua --out bad
exits 4 "a page that cannot be written"
says err "bad/report" "a page that cannot be written"
says out "4 passed" "a page that cannot be written: the results"
# an earlier page stays whole when a new one cannot be made
if [ -w /dev/full ]; then
	mkdir -p full/report
	sed 's/<title>.*/earlier/;q' repeated/report/index.html >full/report/index.html
	echo earlier >>full/report/index.html
	(trap '' XFSZ; ulimit -f 20; "$sockproof" run scenarios/close/whole.lua --out full >out 2>err </dev/null; echo "status $?" >>err)
	holds "an earlier page is gone" grep -qx earlier full/report/index.html
	holds "leftovers" test "$(find full/report -type f | wc -l)" = 1
fi
finish
