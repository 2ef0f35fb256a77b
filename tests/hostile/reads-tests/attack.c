/* SPDX-License-Identifier: MIT */
/*
 * Reads the tests, the solution, what others handed in, marks, and files of this machine.
 * Must happen: none of it is there. The server beside it is right: 40 of 40.
 */
#include "attack.h"

BEFORE_MAIN attack(void)
{
	static const char *const paths[] = {ROOT "/scenarios/connect/announced.lua",
	                                    ROOT "/tests/hostile/attack.h",
	                                    ROOT "/servers/tcp-echo/poll.c",
	                                    ROOT,
	                                    SOLUTION,
	                                    OUT,
	                                    OUT "/honest/marks.json",
	                                    OUT "/honest/source/server.c",
	                                    CANARY,
	                                    "/proc/1/root" SOLUTION,
	                                    "/proc/self/root/.." SOLUTION,
	                                    "../../../../../../../../.." SOLUTION,
	                                    "/etc/shadow",
	                                    "/etc/hostname",
	                                    "/etc/ssh",
	                                    "/etc/machine-id",
	                                    "/root",
	                                    "/home",
	                                    "/work",
	                                    "/var/log",
	                                    "/var/lib",
	                                    "/opt",
	                                    "/mnt",
	                                    "/srv",
	                                    "/boot",
	                                    "/sys/kernel",
	                                    "/sys/fs/cgroup",
	                                    "/run"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		try_read(paths[i]);
	tried("to read what is not its own");
}
