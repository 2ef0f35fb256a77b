/* SPDX-License-Identifier: MIT */
/* doctor.c - `sockproof doctor`: what this machine can do, and the command that mends what it
 * cannot */
#include "base/err.h"
#include "base/mem.h"
#include "capture/live.h"
#include "cli/cli.h"
#include "program/program.h"
#include "vm/kernel.h"
#include "vm/tool.h"
#include "world/isolate.h"
#include "world/probe.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
    [PROBE_ACCOUNTING] = "crashes of processes that a program made are not seen",
};

/* consequence and mend are told when it does not work; "" for none. */
static void tell(bool works, const char *what, const char *detail, const char *consequence,
                 const char *mend)
{
	printf("  %-4s %-11s %s\n", works ? "ok" : "NO", what, detail);
	if (works)
		return;
	if (consequence[0])
		printf("       %-11s so: %s\n", "", consequence);
	if (mend[0])
		printf("       %-11s mend: %s\n", "", mend);
}

static void tell_qemu(void)
{
	struct err err = {0};
	char *version = vm_qemu_version(&err);

	tell(version != NULL, "qemu", version ? version : err.text,
	     "nothing runs under the virtual clock",
	     err.code == ENOENT ? "sudo apt-get install --no-install-recommends " VM_QEMU_PACKAGE
	                        : "");
	free(version);
}

static void tell_kernel(const struct vm_cached *k)
{
	char *what = mem_printf("kernel %s", k->line);
	char *mend = mem_printf("rm -r %s && ci/kernels %s", k->folder, k->line);

	tell(k->release != NULL, what, k->release ? k->release : k->problem, "", mend);
	free(what);
	free(mend);
}

/* Those that ci/kernels has fetched. */
static void tell_kernels(void)
{
	static const char so[] = "only --kernel FILE names a kernel for the virtual clock";
	struct vm_cached_list l;
	struct err err = {0};

	if (vm_kernel_cached(&l, &err) < 0) {
		tell(false, "kernels", err.text, so, "");
		return;
	}
	for (size_t i = 0; i < l.count; i++)
		tell_kernel(&l.list[i]);
	if (l.count == 0) {
		char *cache = vm_cache_folder(), *none = mem_printf("none in %s/kernels", cache);

		tell(false, "kernels", none, so, "ci/kernels");
		free(none);
		free(cache);
	}
	vm_cached_free(&l);
}

/* What keeps a hostile submission in, as far as it can be had here. */
static void tell_jail(void)
{
	struct buf lacks = {0};
	size_t count;

	program_jail_prepare();
	count = program_jail_lacks(&lacks);
	char *rest = buf_take(&lacks), *at = rest, *line;

	if (count == 0)
		tell(true, "jail", "submissions are contained in all the ways there are", "", "");
	while ((line = strsep(&at, "\n")) != NULL && count > 0) {
		if (*line)
			tell(false, "jail", line, "", "");
	}
	free(rest);
}

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
		      "and the command that mends it; and whether QEMU and kernels for the "
		      "virtual clock are there.\n"
		      "Exit status 3 when no scenario can run here.\n\n"
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
		tell(answers[i].works, probe_text((enum probe_what)i), answers[i].detail,
		     consequences[i], answers[i].mend);
		if (answers[i].works)
			continue;
		if (i != PROBE_TUN && i != PROBE_TRACE && i != PROBE_ACCOUNTING &&
		    (i != PROBE_VETH || !answers[PROBE_TUN].works))
			usable = false;
	}
	tell_jail();
	tell_qemu();
	tell_kernels();
	printf("\n%s\n", usable ? "scenarios run here" : "no scenario can run here");
	return usable ? EXIT_PASSED : EXIT_MACHINE;
}
