/* SPDX-License-Identifier: MIT */
/* guests.c - the kernels of a run under the virtual clock */
#include "base/err.h"
#include "base/mem.h"
#include "cli/kernels.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WIPE "\r\033[2K" /* ECMA-48, EL */

static void tell_boot(const char *what, double seconds)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, WIPE "%s: %.0f s", what, seconds);
}

/* $SOCKPROOF_PATIENCE; 0 when it is not set, -1 when it is no number that makes sense. */
static int patience(void)
{
	const char *text = getenv("SOCKPROOF_PATIENCE");
	char *end;
	long seconds;

	if (!text)
		return 0;
	errno = 0;
	seconds = strtol(text, &end, 10);
	return errno || end == text || *end || seconds < 1 || seconds > 86400 ? -1 : (int)seconds;
}

int guests_open(struct guests *g, const struct run_options *o)
{
	size_t count = o->kernel_count > 0 ? o->kernel_count : 1;
	int seconds = patience();

	if (seconds < 0)
		return cli_complain(EXIT_USAGE,
		                    "SOCKPROOF_PATIENCE=%s: seconds from 1 to 86400 are wanted",
		                    getenv("SOCKPROOF_PATIENCE"));
	g->vms = mem_zero(count, sizeof *g->vms);
	g->releases = mem_zero(count, sizeof *g->releases);
	for (size_t i = 0; i < count; i++) {
		struct vm_setting setting = {.kernel = o->kernel_count > 0 ? o->kernels[i] : NULL,
		                             .version = SOCKPROOF_VERSION,
		                             .patience = seconds,
		                             .progress = tell_boot};
		struct err err;
		bool missing;

		g->vms[i] = vm_open(&setting, &missing, &err);
		if (isatty(STDERR_FILENO))
			fputs(WIPE, stderr);
		if (!g->vms[i])
			return cli_complain(missing ? EXIT_MACHINE : EXIT_ERRED,
			                    "--clock virtual: %s", err.text);
		g->releases[i] = vm_release(g->vms[i]);
		g->count++;
	}
	return -1;
}

void guests_close(struct guests *g)
{
	for (size_t i = 0; i < g->count; i++)
		vm_close(&g->vms[i]);
	free(g->vms);
	free(g->releases);
	*g = (struct guests){0};
}
