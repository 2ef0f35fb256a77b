/* SPDX-License-Identifier: MIT */
/* guests.c - the kernels of a run under the virtual clock */
#include "base/err.h"
#include "base/mem.h"
#include "cli/kernels.h"
#include "vm/vm.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WIPE "\r\033[2K" /* ECMA-48, EL */

static void tell_boot(const char *what, double seconds)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, WIPE "%s: %.0f s", what, seconds);
}

int guests_open(struct guests *g, const struct run_options *o)
{
	size_t count = o->kernel_count > 0 ? o->kernel_count : 1;

	g->vms = mem_zero(count, sizeof *g->vms);
	g->releases = mem_zero(count, sizeof *g->releases);
	for (size_t i = 0; i < count; i++) {
		struct vm_setting setting = {.kernel = o->kernel_count > 0 ? o->kernels[i] : NULL,
		                             .version = SOCKPROOF_VERSION,
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
