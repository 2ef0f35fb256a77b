#!/bin/bash
# SPDX-License-Identifier: MIT
# audit.sh - `sockproof audit` of small contracts of its own: what dies as declared, what survives, what dies otherwise, and what it says of each
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need jq socat
need_wire

# program FOLDER NAME COMMAND: a shell script
program() {
	mkdir -p "$1"
	printf '#!/bin/sh\nexec %s\n' "$3" >"$1/$2"
	chmod +x "$1/$2"
}

listener='socat TCP6-LISTEN:$1,ipv6only=0,reuseaddr,fork'

# Two contracts: one whose every faulty program is as declared, and one with all that can be wrong.
mkdir -p scenarios/parrot scenarios/talk
program servers/parrot cat "$listener EXEC:/bin/cat"
program servers/parrot/faulty shouts "$listener EXEC:'sed -u y/helo/HELO/'"
cp servers/parrot/cat servers/parrot/faulty/cat
cp servers/parrot/faulty/shouts servers/parrot/faulty/moans
cat >servers/parrot/contract.lua <<'EOF'
return contract {
  title = "What is said comes back",
  promise = "Listens on the port that it is told and sends back what it is sent.",
  roles = {
    server = {
      command = "{program} {port}",
      port = 6000,
      implementations = { cat = {} },
      faulty = {
        shouts = { fault = "says it louder", dies_in = "parrot/repeats", reason = "what c received … from byte 1" },
        survivor = { program = "cat", fault = "none that shows", dies_in = "parrot/repeats", reason = "differs" },
        moans = { fault = "says it louder", dies_in = "parrot/repeats", reason = "no end of stream" },
        elsewhere = { program = "shouts", fault = "says it louder", dies_in = "parrot/starts", reason = "differs" },
        nowhere = { program = "shouts", fault = "says it louder", dies_in = "parrot/repaets", reason = "differs" },
        slow = { program = "cat", fault = "shows only after hours", dies_in = "parrot/waits", reason = "differs" },
      },
    },
  },
}
EOF
cat >scenarios/parrot/repeats.lua <<'EOF'
return scenario {
  title = "It repeats what it hears",
  contract = "parrot",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected()
    c:send "hello\n"
    c:receives "hello\n"
    c.flow:shape [[
      client > server  S
      server > client  S.
      client > server  data "hello\n"
      server > client  data "hello\n"
    ]]
    c.flow:never "R"
  end,
}
EOF
cat >scenarios/parrot/starts.lua <<'EOF'
return scenario { title = "It starts", contract = "parrot", run = function(t) t:start():runs() end }
EOF
cat >scenarios/parrot/waits.lua <<'EOF'
return scenario { title = "It goes on", contract = "parrot", tags = { "timers" }, run = function(t) t:start():runs() end }
EOF

# The only role is no server and has no port.
program servers/talk says '/bin/echo "hello $1"'
program servers/talk/faulty mute /bin/true
program servers/talk/faulty fails '/bin/false'
cat >servers/talk/contract.lua <<'EOF'
return contract {
  title = "A word to somebody",
  promise = "Says hello to whom it is told.",
  roles = {
    speaker = {
      command = "{program} you",
      host = "client",
      implementations = { reference = { program = "says" } },
      faulty = {
        mute = { fault = "says nothing", dies_in = "talk/hello", reason = 'has no line "hello you"' },
        fails = { fault = "fails", dies_in = "talk/hello", reason = "exited with 1; expected exit status 0" },
      },
    },
  },
}
EOF
cat >scenarios/talk/hello.lua <<'EOF'
return scenario {
  title = "It greets by name",
  contract = "talk",
  run = function(t)
    local p = t:start { role = "speaker" }
    p:exits(0)
    p:stdout():line "hello you"
  end,
}
EOF
echo 'return scenario { title = "of no contract", run = function(t) t:expect(1):is(1) end }' >scenarios/alone.lua

# all is as declared: status 0
sp audit talk
exits 0 "audit talk"
says out "talk: 1 correct program, 2 faulty ones, 1 scenario" "audit talk"
says out "  reference   ·" "audit talk"
says out "  fails       ●" "audit talk"
says out "  mute        ●" "audit talk"
says out '  mute       talk/hello:7: stdout of speaker has no line "hello you"; speaker exited with 0' "audit talk"
says out "2 expectations, 0 of them idle: no faulty program breaks them (0 are allowed)" "audit talk"
says out "1 contract, 2 faulty programs: 2 die as their contracts say, 0 survive; correct programs fail 0 cases" "audit talk"
says out "2 expectations where there are faulty programs, 0 of them idle (0 are allowed)" "audit talk"
says out "3 cases, 0 errors in " "audit talk"
checks=$((checks + 1))
[ ! -s err ] || problem "audit talk: it says something on stderr" err
checks=$((checks + 1))
[ ! -e sockproof-out ] || problem "audit left case directories"

# each kind of program that is not as declared: status 1
sp audit
exits 1 "audit"
says out "parrot: 1 correct program, 6 faulty ones, 3 scenarios" "audit"
says out "   3  parrot/waits  (not played: add --slow)" "audit"
says out "  cat         ·  ·   " "audit"
says out "  elsewhere   ●  ·   " "audit"
says out "  moans       ○  ·   " "audit"
says out "  shouts      ●  ·   " "audit"
says out "  survivor    ·  ·   " "audit"
says out "  shouts     parrot/repeats:9: what c received differs from byte 1 on" "audit"
says out "✗ survivor survives: nothing tells it from a correct program (none that shows)" "audit"
says out '✗ moans dies in parrot/repeats, but no case of it says "no end of stream":' "audit"
says out "      2 cases, parrot/repeats:9: what c received differs from byte 1 on" "audit"
says out "✗ elsewhere does not die in parrot/starts, as its contract says, but:" "audit"
says out "✗ nowhere: its contract names parrot/repaets, which is no scenario of this contract" "audit"
says out "- slow is not judged: parrot/waits waits for the kernel's long timers; add --slow" "audit"
says out "✗ 4 expectations, 2 of them idle: no faulty program breaks them (0 are allowed):" "audit"
checks=$((checks + 1))
! grep -qF "repeats.lua:7:" out || problem "audit: connected() is counted as an expectation" out
says out "  scenarios/parrot/repeats.lua:16: c.flow:never \"R\"" "audit"
says out "2 contracts, 8 faulty programs: 3 die as their contracts say, 1 survive, 1 die elsewhere only, 1 die for another reason, 1 name no scenario, 1 were not judged;" "audit"

sp audit parrot --slow --all
exits 1 "audit --slow"
says out "✗ slow survives" "audit --slow"
says out "  shouts      ●  ·  ·" "audit --slow"

# the same for machines
sp audit --format json
exits 1 "audit --format json"
cp out audit.json
holds "json: its shape is not the promised one" jq -e '
	(.version | type == "string") and (.duration_ms | type == "number") and .errors == 0 and
	[.contracts[].contract] == ["parrot", "talk"] and
	.totals."as declared" == 3 and .totals.expectations == 6 and .totals.idle == 2 and .totals.allowed == 0 and
	.totals."contracts over what is allowed" == 1 and
	[.contracts[] | .expectations, .idle, .allowed, .judged] == [4, 2, 0, true, 2, 0, 0, true] and
	.totals.survives == 1 and .totals."correct cases that fail" == 0 and
	all(.contracts[].programs[]; (.correct == (.fault == null)) and (.cells | length > 0))' audit.json
holds "json: fates" jq -e '
	[.contracts[0].programs[] | {key: .program, value: .fate}] | from_entries ==
	{cat: null, elsewhere: "elsewhere", moans: "another reason", nowhere: "no scenario", shouts: "as declared",
		slow: "not played", survivor: "survives"}' audit.json
holds "json: cells" jq -e '
	[.contracts[0].programs[] | select(.program == "shouts").cells[].outcome] == ["dies", "pass", "none"]' audit.json
holds "json: a death" jq -e '
	.contracts[0].programs[] | select(.program == "shouts").cells[0] |
	.cases == {pass: 0, fail: 2, skip: 0, error: 0} and .deaths[0].own and .deaths[0].line == 9 and
	(.deaths[0].reason | contains("differs from byte 1")) and
	(.deaths[0].command | contains("--impl parrot=@shouts --deadline 2"))' audit.json
holds "json: expectations" jq -e '
	[.contracts[0].scenarios[0].expectations[] | [.line, .last, .broken > 0]] ==
	[[9, 9, true], [10, 14, true], [16, 16, false]] and
	.contracts[0].scenarios[0].expectations[0].text == "c:receives \"hello\\n\""' audit.json

# the command that a death names repeats it
command=$(jq -r '.contracts[0].programs[] | select(.program == "shouts").cells[0].deaths[0].command' audit.json)
status=0
sh -c "$command --no-out" >out 2>err </dev/null || status=$?
exits 1 "$command"
says out "differs from byte 1" "$command"

# a correct program that fails; a case in error outweighs all
mkdir other
cp -r scenarios servers other
cd other || exit 1
echo 'return scenario { title = "impossible", contract = "talk", run = function(t) t:start { role = "speaker" }:exits(7) end }' \
	>scenarios/talk/seven.lua
sp audit talk
exits 1 "a correct program that fails"
says out "✗ reference is declared correct, and fails:" "a correct program that fails"
says out "      1 case, talk/seven:1: speaker exited with 0; expected exit status 7" "a correct program that fails"
says out "  reference   ·  ✗" "a correct program that fails"
says out "correct programs fail 1 case" "a correct program that fails"
echo 'return scenario { title = "a mistake", contract = "talk", run = function(t) t:start { role = "speaker" }:exist(0) end }' \
	>scenarios/talk/seven.lua
sp audit talk
exits 4 "a scenario in error"
says out '! reference: 1 case of talk/seven ended in error: a program has no verb "exist"; did you mean "exits"?' "a scenario in error"
says out "  reference   ·  !" "a scenario in error"
cd ..

# The first failure hides nothing: the script goes on behind it. Verdict and reason stay those of the first.
mkdir -p behind/scenarios/talk behind/scenarios/parrot
cp -r servers behind
program behind/servers/parrot/faulty deaf "$listener EXEC:'/bin/sleep 1000'"
sed -i 's/^        shouts = .*/        deaf = { fault = "never answers", dies_in = "parrot\/eight", reason = "recv: 0 of 1 bytes" },/; /survivor =/,/slow =/d' \
	behind/servers/parrot/contract.lua
cd behind || exit 1
# 7 is the reason; 8 and 10 do not hold either, nor 12, which is judged at the end, nor 14, whose events never happened
cat >scenarios/talk/hello.lua <<'EOF'
return scenario {
  title = "It greets by name",
  contract = "talk",
  matrix = { kind = { "first", "second" } },
  run = function(t)
    local p = t:start { role = "speaker" }
    local said = p:stdout():line "hello you"
    t:expect(#p:stdout():text()):is(10)
    t:expect(#p:stderr():text()):is(0)
    if t.p.kind == "second" then t:expect(p:stdout():text()):is "hello you\n" end
    p:exits(0)
    p:stdout():exactly { "hello you" }
    p:stdout():never "bye"
    t:order { said, p:stdout():has "hello" }
  end,
}
EOF
sed -i '/fails = /d' servers/talk/contract.lua
sp audit talk --format json
exits 1 "behind the first failure"
holds "behind the first failure: expectations" jq -e '
	[.contracts[0].scenarios[0].expectations[] | [.line, .broken]] ==
	[[7, 2], [8, 2], [9, 0], [10, 1], [11, 0], [12, 2], [13, 0], [14, 2]]' out
holds "behind the first failure: its reason" jq -e '
	[.contracts[0].programs[] | select(.correct | not).cells[0].deaths[] | .line, .own] == [7, true, 7, true]' out

# What goes wrong there ends the script and is told to nobody. What the script might still have caused is then no breach, and what contradicts is one.
cat >scenarios/talk/hello.lua <<'EOF'
return scenario {
  title = "It greets by name",
  contract = "talk",
  run = function(t)
    local p = t:start { role = "speaker" }
    p:stdout():exactly { "hello you" }
    p:stdout():never "bye"
    p:exits(0)
    local name = p:stdout():text():match "hello (.*)\n" .. "!"
    t:expect(name):is "you!"
  end,
}
EOF
for said in "" "hello" "bye"; do
	printf '#!/bin/sh\nprintf "%s"\nexit 1\n' "$said" >servers/talk/faulty/mute
	sp audit talk --format json
	holds "a script that cannot go on: \"$said\"" jq -e --arg said "$said" '
		.errors == 0 and
		[.contracts[0].scenarios[0].expectations[] | .broken > 0] == [$said == "bye", $said == "bye", true, false] and
		.contracts[0].programs[1].cells[0].outcome == "dies otherwise"' out
done

# Five waits behind the first failure may run out, and the sixth is the last. Behind a program that never sleeps the first is.
cat >scenarios/parrot/eight.lua <<'EOF'
return scenario {
  title = "It repeats eight words",
  contract = "parrot",
  run = function(t)
    local c = t.client:socket("c"):connect(t:start()):connected():send "12345678"
    c:receives "1"
    c:receives "2"
    c:receives "3"
    c:receives "4"
    c:receives "5"
    c:receives "6"
    c:receives "7"
    c:receives "8"
    c.flow:count("server > client data", { min = 1 })
  end,
}
EOF
sp audit parrot --format json --deadline 0.3
holds "waits behind the first failure" jq -e '
	.errors == 0 and [.contracts[0].scenarios[0].expectations[] | .broken] == [1, 1, 1, 1, 1, 1, 0, 0, 0] and
	.contracts[0].programs[1].fate == "as declared"' out
printf '#!/bin/sh\n%s EXEC:"/bin/sleep 1000" &\nwhile :; do :; done\n' "$listener" >servers/parrot/faulty/deaf
cat >scenarios/parrot/eight.lua <<'EOF'
return scenario {
  title = "It sleeps",
  contract = "parrot",
  run = function(t)
    local srv = t:start()
    for _ = 1, 20 do srv:runs():sleeps() end
    srv:sleeps()
    t.client:socket("c"):connect(srv):connected():send("1"):receives "1"
  end,
}
EOF
sp audit parrot --format json --deadline 0.3
holds "a program that never sleeps" jq -e '
	.errors == 0 and [.contracts[0].scenarios[] | select(.scenario == "parrot/eight").expectations[] | .broken] == [1, 1, 0] and
	(.contracts[0].programs[1].cells[0].deaths[0].reason | contains("never sleeps"))' out

# What is given is no expectation, and can fail a case all the same; beside it others are.
cat >scenarios/parrot/eight.lua <<'EOF'
return scenario {
  title = "It is given",
  contract = "parrot",
  run = function(t)
    local srv = t:start()
    local c = t.client:socket("c"):connect(srv):connected():send "12"
    t:together {
      function()
        t:given(function()
          c:receives "1"
        end)
        c:receives "2"
      end,
      function() t:expect(srv:open_sockets()):at_least(1) end,
    }
  end,
}
EOF
program servers/parrot/faulty deaf "$listener EXEC:'/bin/sleep 1000'"
sp audit parrot --format json --deadline 0.3
holds "what is given" jq -e '
	[.contracts[0].scenarios[] | select(.scenario == "parrot/eight").expectations[] | [.line, .broken]] == [[12, 1], [14, 0]] and
	.contracts[0].programs[1].cells[0].deaths[0].line == 10' out
# only an audit goes on
sp run parrot/eight --impl parrot=@deaf --deadline 0.3 --no-out
exits 1 "run"
says out "recv: 0 of 1 bytes" "run"
cd ..

# how many expectations may tell nothing: as many as the contract says and not one more
mkdir -p budget/scenarios/talk budget/servers/mumble
cp -r servers/talk budget/servers
cp scenarios/talk/hello.lua budget/scenarios/talk
cd budget || exit 1
idle_expectations() {
	sed -i -e '/idle_expectations/d' -e "s/^  title = .*/&\n  idle_expectations = $1,/" servers/talk/contract.lua
}
sed -i 's/^    p:exits(0)/&\n    p:stdout():never "bye"/' scenarios/talk/hello.lua
sp audit talk
exits 1 "one idle expectation, none allowed"
says out "✗ 3 expectations, 1 of them idle: no faulty program breaks it (0 are allowed):" "one idle expectation, none allowed"
says out "talk/hello.lua:7: p:stdout():never \"bye\"" "one idle expectation, none allowed"
says out "1 of them idle (0 are allowed): 1 contract has more than allowed" "one idle expectation, none allowed"
idle_expectations 1
sp audit talk
exits 0 "one idle expectation, one allowed"
says out "3 expectations, 1 of them idle: no faulty program breaks it (1 is allowed):" "one idle expectation, one allowed"
sp show talk --format markdown
says out "at most 1 expectation may be idle" "the page of a contract"
idle_expectations 7
sp audit talk
exits 0 "one idle expectation, seven allowed"
idle_expectations 0
sp audit talk --slow
exits 0 "one idle expectation, none allowed, with --slow"
says out "1 of them idle: no faulty program breaks it (0 are allowed without --slow):" "one idle expectation, none allowed, with --slow"
for number in -1 1.5; do
	idle_expectations "$number"
	sp audit talk
	exits 2 "idle_expectations = $number"
	says err "idle_expectations = $number; it is how many there may be, from 0 on" "idle_expectations = $number"
done
idle_expectations 1
# where no program is faulty, none can die
cp servers/talk/says servers/mumble
sed -e '/faulty = {/,/^      },/d' -e '/idle_expectations/d' servers/talk/contract.lua >servers/mumble/contract.lua
sed 's/"talk"/"mumble"/' scenarios/talk/hello.lua >scenarios/talk/mumble.lua
sp audit
exits 0 "a contract without faulty programs"
says out "3 expectations; no faulty program, so that none could be broken" "a contract without faulty programs"
says out "3 expectations where there are faulty programs, 1 of them" "a contract without faulty programs"
sp audit --format json
holds "json: a contract without faulty programs is judged" jq -e '[.contracts[] | .contract, .judged] == ["mumble", false, "talk", true]' out
cd ..

# wrong use
wrong() {
	local text=$1
	shift
	sp audit "$@"
	exits 2 "audit $*"
	says err "$text" "audit $*"
}
wrong "-j 0: a number" -j 0
wrong "--deadline x: seconds" --deadline x
wrong "--format tap: there are pretty and json" --format tap
wrong 'no scenario names the contract "parot"' parot
wrong "sockproof audit --help" --no-such-option
mkdir -p empty/scenarios
cd empty || exit 1
cp ../scenarios/alone.lua scenarios
sp audit
exits 2 "audit without contracts"
says err "no scenario here names a contract" "audit without contracts"

# A verb that can fail a case is one that judges, and notes its line with lib.expectation(); but for those that do something,
# those that wait until what was done is there, and a value that t:expect() notes.
awk '
	/^function [A-Z]/ { verb = $2; sub(/\(.*/, "", verb); fails = notes = 0 }
	/lib\.fail\(|lib\.defer\(|too_late\(/ { fails = 1 }
	/lib\.expectation\(/ { notes = 1 }
	/^end/ { if (verb && fails && !notes) print verb; verb = "" }
' "$root"/harness/script/lua/*.lua | LC_ALL=C sort >silent
printf '%s\n' Gate:release Program:descriptors Program:freeze Program:input Program:kill Program:signal Program:thaw Socket:accept Socket:connected Socket:send \
	T:write_file Wire:is_cut >actions
holds "verbs that can fail a case and do not note their line (only actions and set-up may)" diff actions silent
finish
