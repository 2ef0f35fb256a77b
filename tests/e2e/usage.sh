#!/bin/bash
# SPDX-License-Identifier: MIT
# usage.sh - what the command says to who uses it wrongly, and to who asks; exit statuses 0 and 2; nothing runs on a mistake
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need_wire

# wrong TEXT ARGUMENT…: refused with status 2, the text on stderr, nothing on stdout, no folder left
wrong() {
	local text=$1
	shift
	rm -rf sockproof-out
	sp "$@"
	exits 2 "sockproof $*"
	says err "$text" "sockproof $*"
	checks=$((checks + 1))
	[ ! -s out ] || problem "sockproof $*: it says something on stdout" out
	[ ! -e sockproof-out ] || problem "sockproof $*: it made sockproof-out"
}

# asked TEXT ARGUMENT…: status 0, the text on stdout, nothing on stderr
asked() {
	local text=$1
	shift
	sp "$@"
	exits 0 "sockproof $*"
	says out "$text" "sockproof $*"
	checks=$((checks + 1))
	[ ! -s err ] || problem "sockproof $*: it says something on stderr" err
}

cat >good.lua <<'EOF'
return scenario { title = "nothing is wrong", matrix = { n = { 1, 2 } }, run = function(t) t:expect(1):is(1) end }
EOF
cat >contracted.lua <<'EOF'
return scenario { title = "a server starts", contract = "tcp-echo", run = function(t) t:start() end }
EOF

# no command, no such command, no such option, no such file
sp
exits 2 "sockproof"
says err "usage: sockproof COMMAND" "sockproof"
wrong 'there is no command "rnu"' rnu
wrong "sockproof run --help" run --no-such-option
wrong "sockproof run --help" run good.lua -j
wrong "no-such-file.lua: No such file or directory" run no-such-file.lua
wrong 'close/halfclose: No such file or directory; did you mean "close/half-close"?' run close/halfclose
wrong 'did you mean "close/half-close"?' run scenarios/close/half-clos.lua
wrong 'did you mean "close/half-close"?' show close/halfclose
wrong 'tcp-ehco: no such contract; did you mean "tcp-echo"?' show tcp-ehco
wrong "no-such-file.lua" list no-such-file.lua
wrong "no-such-file.lua" show no-such-file.lua
wrong "usage: sockproof show" show
mkdir empty
wrong "empty: no scenario in this folder" run empty

# values that make no sense
wrong "-j 0: a number from 1 to 512" run good.lua -j 0
wrong "-j x: a number from 1 to 512" run good.lua -j x
wrong "-j 513: a number from 1 to 512" run good.lua -j 513
wrong "--repeat 0: a number" run good.lua --repeat 0
wrong "--repeat -1: a number" run good.lua --repeat=-1
wrong "--deadline soon: seconds" run good.lua --deadline soon
wrong "--deadline 0: seconds" run good.lua --deadline 0
wrong "--deadline nan: seconds" run good.lua --deadline nan
wrong "--seed 1.5: a whole number" run good.lua --seed 1.5
wrong "--format yaml: there are pretty, tap, junit and json" run good.lua --format yaml
wrong "--clock broken: there are real and virtual" run good.lua --clock broken
wrong "--kernel goes with --clock virtual" run good.lua --clock real --kernel 6.1
wrong "--set family: write --set NAME=VALUE" run good.lua --set family
wrong "--set =1: write --set NAME=VALUE" run good.lua --set =1
wrong "no case fits -k and --set" run good.lua --set n=3
wrong "no case fits -k and --set" run good.lua -k no-such-word

# implementations
wrong "write --impl 'CONTRACT=COMMAND'" run contracted.lua --impl tcp-echo
wrong "write --impl 'CONTRACT=COMMAND'" run contracted.lua --impl tcp-echo=
wrong "none of these scenarios has that contract" run good.lua --impl tcp-echo=@poll
wrong "none of these scenarios has that contract" run contracted.lua --impl tcp-ecko=@poll
wrong 'no implementation "@pol"' run contracted.lua --impl tcp-echo=@pol
wrong "client" run contracted.lua --impl tcp-echo.client=@poll

# scenario files: a mistake in the last one costs nobody the run of the first
cat >syntax.lua <<'EOF'
return scenario {
  title = "a comma is missing"
  run = function(t) end,
}
EOF
wrong "syntax.lua:3: Lua: '}' expected" run good.lua syntax.lua
wrong "syntax.lua:3: Lua: '}' expected" show syntax.lua
echo 'return scenario { title = "nothing happens" }' >norun.lua
wrong 'norun.lua:1: scenario has no "run"; add run = ' run good.lua norun.lua
printf '\033Lua\x54\0' >binary.lua
wrong "binary.lua" run binary.lua
: >nothing.lua
wrong "the file must end with: return scenario" run nothing.lua
# both of two mistakes are told
wrong "norun.lua:1:" run syntax.lua norun.lua
says err "syntax.lua:3:" "two bad files"

# A verb that is not there is found when the script gets to it: an error of the case, status 4.
cat >verb.lua <<'EOF'
return scenario {
  title = "a verb that is not there",
  run = function(t)
    t.client:socket("c"):conect(t.server:address(7))
  end,
}
EOF
sp run good.lua verb.lua --no-out
exits 4 "an unknown verb"
says out 'a socket has no verb "conect"; did you mean "connect"?' "an unknown verb"
says out "verb.lua:4" "an unknown verb"
says out "3 cases: 2 passed, 0 failed, 0 skipped, 1 error" "an unknown verb"

# who asks
asked "usage: sockproof COMMAND" --help
asked "usage: sockproof COMMAND" help
asked "sockproof 0." --version
for command in run list show audit doctor; do
	asked "usage: sockproof $command" "$command" --help
	says out "example" "sockproof $command --help"
done
asked "good " list good.lua
says out "2 cases  nothing is wrong" "sockproof list"
asked "(tcp-echo)" list contracted.lua
asked "connect/refused " list
asked "connect(2): ECONNREFUSED" show connect/refused
says out "why:" "sockproof show connect/refused"
asked "contract: tcp-echo" show close/half-close
says out "faulty programs that die in it:" "sockproof show close/half-close"
says out "  one-recv                   takes the first recv() for the whole" "sockproof show close/half-close"
! grep -qE "^(hosts|needs|tags|deadline):" out || problem "sockproof show tells what close/half-close does not declare" out
asked "(dies in close/half-close)" show tcp-echo
cat >declared.lua <<'EOF'
return scenario {
  title = "much is declared",
  hosts = { "client", "server", "other" },
  needs = { "wire", "program:ss" },
  tags = { "timers" },
  deadline = 2.5,
  run = function() end,
}
EOF
asked "hosts: client, server, other" show declared.lua
says out "needs: wire, program:ss" "sockproof show declared.lua"
says out "tags: timers" "sockproof show declared.lua"
says out "deadline: 2.5 s" "sockproof show declared.lua"
mkdir -p scenarios/mine
cp good.lua scenarios/mine/good.lua
asked "mine/good " list
asked "file: scenarios/mine/good.lua" show mine/good
asked "2 cases: 2 passed" run mine --no-out
asked "connect(2): ECONNREFUSED" show connect/refused
rm -r scenarios
asked "scenarios run here" doctor
says out "namespaces" "sockproof doctor"
says out "Linux $(uname -r)" "sockproof doctor"
asked "2 cases: 2 passed, 0 failed, 0 skipped, 0 errors" run good.lua --no-out
checks=$((checks + 1))
[ ! -e sockproof-out ] || problem "--no-out made sockproof-out"
asked "1 case: 1 passed" run good.lua --no-out --set n=2
asked "1 case: 1 passed" run good.lua --no-out -k n=1
finish
