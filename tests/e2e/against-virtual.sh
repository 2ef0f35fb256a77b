#!/bin/bash
# SPDX-License-Identifier: MIT
# against-virtual.sh - the scenarios that wait for the kernel's long timers, against their references, under the virtual clock
set -u
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
need qemu-system-x86_64
[ -d "${SOCKPROOF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockproof}/kernels/6.1" ] || cannot "no kernel 6.1; ci/kernels fetches it"
mapfile -t files < <(grep -l '"timers"' -r "$root/scenarios")
sp run --kernel 6.1 -j 2 --against "$root/captures" --no-out "${files[@]}"
exits 0 "the scenarios with timers against captures/"
says out "${#files[@]} compared with $root/captures: 0 part" "the scenarios with timers against captures/"
finish
