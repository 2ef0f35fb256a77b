/* SPDX-License-Identifier: MIT */
/*
 * folder.h - folders of many cases, as `run --out` leaves them, or of references
 */
#ifndef SOCKPROOF_CLI_FOLDER_H
#define SOCKPROOF_CLI_FOLDER_H
#include <stdbool.h>
#include <stddef.h>

struct err;

/* A folder that is no case itself (a damaged one neither), nor a reference. */
bool folder_of_cases(const char *path);
/* The names of the cases or references below @path ("close/half-close/reference"), sorted; free()
 * each and the list. 0, or -1 with @err set. */
int folder_cases(const char *path, char ***names, size_t *count, struct err *err);
/* Tell of each name below @a or @b who has it; @each returns 0 to go on. */
int folder_pairs(const char *a, const char *b,
                 int (*each)(void *arg, const char *name, bool in_a, bool in_b), void *arg,
                 struct err *err);

#endif
