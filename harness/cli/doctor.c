/* SPDX-License-Identifier: MIT */
/* doctor.c - `sockproof doctor`: what this machine can do, and the command that mends what it
 * cannot */
#include "capture/live.h"
#include "cli/cli.h"
#include "world/isolate.h"
#include "world/probe.h"
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* What does not work without each, in the words of DESIGN's worlds. */
static const char *const consequences[PROBE_COUNT] = {
    [PROBE_NAMESPACES] = "no scenario runs",
    [PROBE_TUN] = "scenarios with gates are skipped; the others use a veth pair",
    [PROBE_VETH] = "needed only where TUN is missing",
    [PROBE_CAPTURE] = "no scenario runs",
    [PROBE_DIAG] = "no scenario runs",
    [PROBE_PROC] = "no scenario runs",
    [PROBE_TRACE] = "scenarios that look at system calls are skipped",
};

int cli_doctor(int argc, char **argv)
{
	struct probe_answer answers[PROBE_COUNT];
	struct utsname u = {0};
	bool usable = true;

	if (argc > 1) {
		bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;

		fputs("usage: sockproof doctor\n\n"
		      "Tries what scenarios need on this machine and prints what works, what does "
		      "not, what follows,\n"
		      "and the command that mends it. Exit status 3 when no scenario can run "
		      "here.\n\n"
		      "example:\n  sockproof doctor\n",
		      help ? stdout : stderr);
		return help ? EXIT_PASSED : EXIT_USAGE;
	}
	uname(&u);
	printf("sockproof %s on %s %s %s, %s\n", SOCKPROOF_VERSION, u.sysname, u.release, u.machine,
	       geteuid() == 0 ? "as root" : "as an ordinary user");
	printf("%s\n\n", live_library());
	probe_machine(answers);
	for (int i = 0; i < PROBE_COUNT; i++) {
		printf("  %-4s %-11s %s\n", answers[i].works ? "ok" : "NO",
		       probe_text((enum probe_what)i), answers[i].detail);
		if (answers[i].works)
			continue;
		printf("       %-11s so: %s\n", "", consequences[i]);
		if (answers[i].mend[0])
			printf("       %-11s mend: %s\n", "", answers[i].mend);
		if (i != PROBE_TUN && i != PROBE_TRACE &&
		    (i != PROBE_VETH || !answers[PROBE_TUN].works))
			usable = false;
	}
	printf("\n%s\n", usable ? "scenarios run here" : "no scenario can run here");
	return usable ? EXIT_PASSED : EXIT_MACHINE;
}
