/* SPDX-License-Identifier: MIT */
/*
 * repeats.h - the repetitions of one case, and what is told of them all
 *
 * They end in any order and are counted in their own, so that what is told does not hang on which
 * was quick: an outcome that comes early waits for those before it.
 */
#ifndef SOCKPROOF_CLI_REPEATS_H
#define SOCKPROOF_CLI_REPEATS_H
#include "script/script.h"

struct repeats {
	size_t done;          /* counted so far, in order */
	struct outcome first; /* of the first one; once all are done, what is told of them all */
	size_t count[4];      /* by verdict */
	struct outcome other; /* the first one that did not pass, behind one that did */
	size_t other_number;  /* from 1; 0: there is none */
	size_t parted;        /* how many left another trace than the first */
	size_t unequal;       /* how many left other evidence, under the virtual clock */
	char *divergence;     /* of the first of these */
	bool recorded;        /* the first one's case directory is there */
	size_t odd; /* the first, from 2, that was not like it and has a directory too; 0: none */
	struct early *early; /* outcomes that wait for those before */
	size_t early_count;
};

/*
 * Repetition @index (from 0) of @all has ended so. Takes what @o owns. When all are done, verdicts
 * or traces that are not alike make an error that tells how many there were of each.
 */
void repeats_add(struct repeats *r, size_t index, struct outcome *o, size_t all);
/* Free what is still owned. */
void repeats_clear(struct repeats *r);

#endif
