/* SPDX-License-Identifier: MIT */
/*
 * stage.h - the folders in which a submission lies while it is graded; no program of its runs
 * meanwhile
 */
#ifndef SOCKPROOF_GRADE_STAGE_H
#define SOCKPROOF_GRADE_STAGE_H
#include <stddef.h>

struct err;

/*
 * Make @path a folder of results, or see that it is one. Only one that is new, or empty, or was
 * made so before is taken: in it things are removed, and a wrong --out must not cost anybody their
 * files. 0, or -1 with @err set.
 */
int stage_claim(const char *path, struct err *err);

/* The folder @path, empty: what was there goes. 0, or -1 with @err set. */
int stage_empty(const char *path, struct err *err);

/*
 * The staff's file @from as @name in the submission's folder @into, in the place of whatever is
 * there by that name; folders on the way are made. 0, or -1 with @err set.
 */
int stage_put(const char *from, const char *into, const char *name, struct err *err);

#endif
