/* SPDX-License-Identifier: MIT */
/*
 * closure_own.h - what the files of closure.c share
 */
#ifndef SOCKPROOF_VM_CLOSURE_OWN_H
#define SOCKPROOF_VM_CLOSURE_OWN_H
#include "vm/closure.h"

/* A third answer beside 0 and -1: the program cannot be started here, with the reason in err. The
 * harness has not failed. */
#define CANNOT 1

/* Bytes of an archive at the most: a guest holds it in memory, more than once. */
#define CLOSURE_MAX ((size_t)1 << 30)

/* Append the first @max bytes of the regular file @path to @out, all when there are fewer. */
int closure_read(const char *path, size_t max, struct buf *out, bool *executable, struct err *err);

/* Where @target is among the files, or would be. */
size_t closure_find(const struct closure *c, const char *target, bool *there);

/*
 * Ask the dynamic loader @loader what @program loads. @paths: each with its NUL.
 * 0; CANNOT: something is missing, or it is no dynamic loader of the system; -1. @err is set then.
 */
int loader_list(const char *loader, const char *program, struct buf *paths, struct err *err);

#endif
