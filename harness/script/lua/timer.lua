-- SPDX-License-Identifier: MIT
-- timer.lua - how long a kernel waits where no sysctl says so, and how exactly its timers keep what they are set to
local lib = ...

-- Seconds, but what counts something else. `sysctl`, in `unit`s of a second, has the last word where a kernel has it.
local CONSTANTS = {
  TCP_TIMEOUT_INIT = { 1, "include/net/tcp.h; RFC 6298, 2.1" },
  TCP_RTO_MIN = { 0.2, "include/net/tcp.h", sysctl = "net.ipv4.tcp_rto_min_us", unit = 1e-6 }, -- the sysctl: Linux 6.11
  TCP_RTO_MAX = { 120, "include/net/tcp.h", sysctl = "net.ipv4.tcp_rto_max_ms", unit = 1e-3 }, -- the sysctl: Linux 6.15
  TCP_DELACK_MIN = { 0.04, "include/net/tcp.h" },
  TCP_DELACK_MAX = { 0.2, "include/net/tcp.h" },
  TCP_MAX_QUICKACKS = { 16, "include/net/tcp.h: segments" },
  TCP_TIMEWAIT_LEN = { 60, "include/net/tcp.h" },
  TCP_FIN_TIMEOUT_MAX = { 120, "include/net/tcp.h" },
  TCP_SYNCOOKIE_PERIOD = { 60, "include/net/tcp.h" },
  MAX_SYNCOOKIE_AGE = { 2, "include/net/tcp.h: periods" },
}

-- A constant of the kernel's, in seconds.
function lib.kernel_constant(host, name, line)
  local c = CONSTANTS[name]
  if not c then lib.misuse(line, string.format("no constant %s of the kernel's is known%s", lib.show(name), lib.suggest(tostring(name), lib.names_of(CONSTANTS)))) end
  local set = c.sysctl and lib.core.host_sysctl_get(host, c.sysctl)
  return set and tonumber(set) * c.unit or c[1]
end

-- From when to when a timer of so many seconds may be seen to end, ns. Not before its time, but for the tick in which it was set
-- and what is counted in whole milliseconds. A machine that is kept from its processor counts its ticks late, and sets a timer by that count: it
-- ends too early by as much (12 ms of a second were seen, once in 18,000 runs under load). Later by what the timer wheel is coarse: a timer of at least 63 * 8^(n-1) ticks
-- ends at a multiple of 8^n (kernel/time/timer.c), so up to 8/63 of its time later, and a tick. And by what looks at it: facts
-- that announce themselves are seen at once, others up to 1/LOOKS of the wait later (wait.lua); a machine that has other work
-- to do comes to it when it comes to it, a virtual one after the instructions that are to be computed first.
local WHEEL = 8 / 63
local EARLY = { virtual = 0, real = 0.1 }
local LATE = { virtual = 0.02, real = 1 }

function lib.timer_range(seconds)
  local tick = lib.core.tick()
  local ns = seconds * 1e9
  return ns - tick - 1e6 - EARLY[lib.clock] * 1e9, ns + ns * WHEEL + 3 * tick + ns / lib.LOOKS + LATE[lib.clock] * 1e9
end
