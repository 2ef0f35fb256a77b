/* SPDX-License-Identifier: MIT */
/*
 * closure.h - a program and every file it needs to be started: its interpreter, its libraries
 *
 * What a dynamic program loads is asked of its own dynamic loader (ld.so(8), --list), which must be
 * the system's and does not run the program; what a script needs, of its first line (execve(2)).
 * Nothing else is guessed. So not found are what a running program asks for by itself: what it
 * loads by dlopen(3), the library of Python, files of /etc. And libgcc_s.so.1, which glibc loads
 * for pthread_exit(3) and pthread_cancel(3). They are for closure_add_path().
 *
 * In the guest there are no links: each path that was asked for is a file of its own there, with
 * the bytes that the path led to here.
 */
#ifndef SOCKPROOF_VM_CLOSURE_H
#define SOCKPROOF_VM_CLOSURE_H
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* Files of the host that go to the guest, each under its own path, once. Zeroed to begin with. */
struct closure {
	struct closure_file {
		char *source; /* on the host; NULL: a folder, made empty */
		char *target; /* in the guest: an absolute path, without ".", ".." and "//" */
		bool starts;  /* what it needs to start is here too */
	} * files;            /* sorted by target (strcmp) */
	size_t count;
	bool whole; /* executables are packed as they are */
};
void closure_free(struct closure *c);

/*
 * @program (an absolute path) as @target, and what it needs to start. 0, or -1 with @err set:
 * "<program> needs libfoo.so.1, which is not there". What was there before stays; adding it again
 * is nothing, another file under the same target an error.
 *
 * A library is put where the loader found it here. So a program that finds its libraries by its
 * own place ($ORIGIN) must keep its path.
 */
int closure_add_program(struct closure *c, const char *program, const char *target,
                        struct err *err);
/*
 * A file or, with all that is in it, a folder of the host, under its own path (absolute); an
 * executable with what it needs, a library too. Links are followed. Within a folder, what cannot be
 * started here either (for another machine, a library missing) is only a file, and what is neither
 * file nor folder is left out.
 */
int closure_add_path(struct closure *c, const char *path, struct err *err);

/*
 * For a tool that looks into programs and needs their symbols (valgrind): nothing will be cut, and
 * the symbols of dynamic loaders, which Debian keeps apart, come along where they are there. To be
 * called when all programs have been added. 0, or -1 with @err set.
 */
int closure_keep_symbols(struct closure *c, struct err *err);

/*
 * Pack them into a cpio archive (cpio.h), folders first, sorted, so that the same files give the
 * same bytes; executables and libraries cut (elf_cut()) unless @whole, so that the same program
 * built elsewhere does too. Permissions are 0755 for folders and what may be executed, 0644 for the
 * rest, 01777 for a folder that has the sticky bit here (/tmp). The trailer is the caller's:
 * cpio_end(). 0, or -1 with @err set.
 */
int closure_pack(const struct closure *c, struct buf *out, struct err *err);

#endif
