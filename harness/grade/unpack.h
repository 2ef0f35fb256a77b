/* SPDX-License-Identifier: MIT */
/*
 * unpack.h - a submission as it was handed in, made into a folder
 *
 * A submission is a folder, a source file, or an archive. Whoever made it may mean harm: only
 * regular files and folders are taken, beneath the target alone, so many and so large as is said;
 * whatever else is in it refuses the whole, with words for the one who handed it in.
 */
#ifndef SOCKPROOF_GRADE_UNPACK_H
#define SOCKPROOF_GRADE_UNPACK_H
#include <stddef.h>
#include <stdint.h>

struct err;

struct unpack_limits {
	size_t entries;      /* files and folders together */
	uint64_t file_bytes; /* of one file, unpacked */
	uint64_t bytes;      /* of all of them, unpacked */
	unsigned depth;      /* folders in folders */
	size_t path_bytes;   /* of one path */
};
extern const struct unpack_limits unpack_usual; /* 2,000 entries, 16 MiB, 64 MiB, 16, 512 */

enum unpack_result {
	UNPACK_FAILED = -1, /* the machine's fault: @err says what */
	UNPACK_DONE = 0,    /* @into holds it */
	UNPACK_REFUSED =
	    1, /* the submission's fault: *refusal says why; @into may hold a part of it */
};

/*
 * Copy or unpack the submission at @path into the folder @into, which exists and is empty. When
 * an archive or a folder holds nothing but one folder, that folder's content is taken (as those
 * hold that a person zips). Modes: 0755 for folders and for files that somebody may execute, 0644
 * for others; owners, times and extended attributes are not taken over. *refusal: a text to be
 * given to free(), set only for UNPACK_REFUSED; names in it are escaped.
 */
enum unpack_result unpack(const char *path, const char *into, const struct unpack_limits *limits,
                          char **refusal, struct err *err);

/* A digest of all names, modes and bytes below @folder, in the order of names: 64 hexadecimal
 * digits and a NUL. 0, or -1 with @err set. */
int unpack_digest(const char *folder, char hex[static 65], struct err *err);

#endif
