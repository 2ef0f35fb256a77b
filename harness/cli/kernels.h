/* SPDX-License-Identifier: MIT */
/*
 * kernels.h - the same cases on several kernels: where what they do differs
 *
 * Two kernels agree about a case when the verdict and its reason are the same and so is the
 * normalised trace, which tells what crossed, what the programs said and how connections ended, and
 * no more. Where they do not, diff/ shows where they part; without case directories, the first line
 * of the traces that does.
 */
#ifndef SOCKPROOF_CLI_KERNELS_H
#define SOCKPROOF_CLI_KERNELS_H
#include "cli/cli.h"

struct buf;
struct vm;

/* The kernels of a run under the virtual clock, booted. Zeroed to begin with. */
struct guests {
	struct vm **vms;
	const char **releases; /* of each */
	size_t count;          /* 0: the real clock */
};
/* Returns -1 to go on, or the exit status. */
int guests_open(struct guests *g, const struct run_options *o);
void guests_close(struct guests *g);

struct kernels; /* opaque */

/* releases: as many as there are kernels; borrowed. */
struct kernels *kernels_open(const char *const *releases, size_t count);
void kernels_close(struct kernels **k);

/* What @c came to on kernel number @which. Each case is told once for each kernel, one kernel after
 * the other. directory: of its evidence, or "". */
void kernels_take(struct kernels *k, size_t which, const struct plan_case *c,
                  const struct outcome *o, const char *directory);

/* The differences in words, for people: a head line, and for each case what parts. */
void kernels_text(const struct kernels *k, struct buf *out);

#endif
