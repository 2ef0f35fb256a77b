/* SPDX-License-Identifier: MIT */
/*
 * closure.h - a program and every file it needs to be started: its interpreter, its libraries
 *
 * What a dynamic program loads is asked of its own dynamic loader (ld.so(8), --list); what a script
 * needs, of its first line (execve(2)). Nothing else is guessed.
 */
#ifndef SOCKPROOF_VM_CLOSURE_H
#define SOCKPROOF_VM_CLOSURE_H
#include <stddef.h>

struct buf;
struct err;

/* Files of the host that go to the guest, each under its own path, once. Zeroed to begin with. */
struct closure {
	struct closure_file {
		char *source; /* on the host; free()d by closure_free() */
		char *target; /* in the guest: an absolute path */
	} *files;
	size_t count;
};
void closure_free(struct closure *c);

/* @program (an absolute path) as @target, and what it needs to start. 0, or -1 with @err set:
 * "<program> needs libfoo.so.1, which is not there". */
int closure_add_program(struct closure *c, const char *program, const char *target,
                        struct err *err);
/* A file or, with all that is in it, a folder of the host, under its own path; an executable with
 * what it needs. */
int closure_add_path(struct closure *c, const char *path, struct err *err);

/* Pack them into a cpio archive (cpio.h), folders first, sorted, so that the same files give the
 * same bytes; executables without what only debuggers read (strip(1)'s sections), so that the same
 * program built elsewhere does too. The trailer is the caller's. 0, or -1 with @err set. */
int closure_pack(const struct closure *c, struct buf *out, struct err *err);

#endif
