#!/bin/sh
# run.sh - the examples in the documentation are run, and every verb of the scenario language has one
#
# Reads docs/*.md and README.md. Fenced blocks whose first line is
#   ```lua scenario NAME            must pass, with nothing skipped
#   ```lua scenario NAME may-skip   must pass or be skipped
#   ```lua contract NAME            servers/NAME/contract.lua for the blocks of scenarios
#   ```lua error "TEXT"             must not pass: wrong use (status 2) or verdict error (4), and the output has TEXT
# Other blocks are for reading only. Needs $SOCKPROOF, the command; 77 when this machine cannot run scenarios.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
sockproof=${SOCKPROOF:-$root/build/sockproof}
[ -x "$sockproof" ] || { echo "docs/examples: $sockproof is not there; build first, or set SOCKPROOF" >&2; exit 1; }
SOCKPROOF_ROOT=${SOCKPROOF_ROOT:-$root}
export SOCKPROOF_ROOT
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Each block becomes a file; its line in $work/index says what must come of it.
extract() {
	awk -v work="$work" '
	function fail(what) { printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; bad = 1 }
	FNR == 1 && inside { fail("a block of the file before is not closed"); inside = 0 }
	!inside && /^```/ {
		inside = 1
		to = ""
		if ($1 != "```lua" || NF < 2)
			next
		rest = FILENAME ":" FNR
		if ($2 == "scenario" && $3 ~ /^[a-z0-9-]+$/ && (NF == 3 || (NF == 4 && $4 == "may-skip"))) {
			to = work "/" $3 ".lua"
			verdict = NF == 4 ? "may-skip" : "pass"
			text = "-"
		} else if ($2 == "contract" && $3 ~ /^[a-z0-9-]+$/ && NF == 3) {
			folder = work "/servers/" $3
			system("mkdir -p " folder)
			to = folder "/contract.lua"
			verdict = "contract"
			text = "-"
		} else if ($2 == "error" && match($0, /".+"$/)) {
			system("mkdir -p " work "/errors")
			to = work "/errors/" (++errors) ".lua"
			verdict = "error"
			text = substr($0, RSTART + 1, RLENGTH - 2)
		} else {
			fail("no such kind of block: " $0)
			next
		}
		if (to in seen)
			fail("two blocks have this name")
		seen[to] = 1
		printf "" > to
		printf "%s\t%s\t%s\t%s\n", verdict, to, rest, text > (work "/index")
		next
	}
	inside && /^```$/ { inside = 0; if (to) close(to); next }
	inside && to { print > to }
	END { if (inside) fail("the last block is not closed"); exit bad }
	' "$root"/README.md "$root"/docs/*.md
}

problem() {
	echo "docs/examples: $1" >&2
	[ $# -lt 2 ] || sed 's/^/    /' "$2" >&2
	failed=1
}

check() {
	verdict=$1 file=$2 where=$3 text=$4 status=0
	[ "$verdict" != contract ] || return 0
	"$sockproof" run "$file" --no-out >"$work/out" 2>&1 </dev/null || status=$?
	if [ $status = 3 ]; then
		cat "$work/out"
		exit 77
	fi
	count=$((count + 1))
	case $verdict in
	error)
		case $status in
		2 | 4) grep -qF -e "$text" "$work/out" || problem "$where: the output has not \"$text\"" "$work/out" ;;
		*) problem "$where: exit status $status, expected 2 or 4" "$work/out" ;;
		esac
		;;
	pass)
		if [ $status != 0 ]; then
			problem "$where: exit status $status" "$work/out"
		elif ! grep -q ', 0 skipped, 0 errors in ' "$work/out" &&
			! { [ $gates = no ] && grep -q 'gates need /dev/net/tun' "$work/out"; }; then
			problem "$where: something was skipped; mark the block may-skip if that is right" "$work/out"
		fi
		;;
	may-skip)
		[ $status = 0 ] || problem "$where: exit status $status" "$work/out"
		;;
	esac
}

# Every verb, as harness/script/lua/*.lua defines them, in a block that is run, and in the guide's table of its object:
# the heading "### ... `Class`" and below it a row that begins with "| `verb".
check_verbs() {
	cat "$work"/*.lua >"$work/examples"
	sed -n 's/^function \([A-Z][A-Za-z]*\):\([a-z][a-z_]*\)(.*/\1 \2/p' "$root"/harness/script/lua/*.lua | sort -u >"$work/verbs"
	[ -s "$work/verbs" ] || problem "no verbs found in harness/script/lua"
	while read -r class verb; do
		grep -qE ":$verb([^A-Za-z0-9_]|\$)" "$work/examples" ||
			problem "no example runs $class:$verb; add it to one in docs/scenarios.md"
		awk -v class="$class" -v verb="$verb" '
		/^### / { here = index($0, "`" class "`") > 0 }
		here && (index($0, "| `" verb "(") == 1 || index($0, "| `" verb " {") == 1) { found = 1 }
		END { exit !found }
		' "$root/docs/scenarios.md" ||
			problem "docs/scenarios.md has no row for $class:$verb below a heading with \`$class\`"
	done <"$work/verbs"
}

failed=0 count=0
# Without /dev/net/tun there are no gates, and what needs them may be skipped.
gates=no
[ -n "${SOCKPROOF_NO_TUN:-}" ] || ! "$sockproof" doctor | grep -q '^  ok   tun ' || gates=yes
extract
while IFS="$(printf '\t')" read -r verdict file where text; do
	check "$verdict" "$file" "$where" "$text"
done <"$work/index"
check_verbs
echo "docs/examples: $count examples run, $(wc -l <"$work/verbs") verbs looked up"
exit $failed
