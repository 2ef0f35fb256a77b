/* SPDX-License-Identifier: MIT */
/*
 * unpack.h - a submission as it was handed in, made into a folder
 *
 * A submission is a folder, a source file, or an archive. Whoever made it may mean harm: only
 * regular files and folders are taken, beneath the target alone, so many and so large as is said;
 * whatever else is in it refuses the whole, with words for the one who handed it in.
 *
 * Archives are zip and tar (ustar, pax, GNU), and tar compressed by one of gzip, bzip2, xz, lzma
 * and zstd: known by their bytes, not by their names. What is no archive is a single source file,
 * unless its name or its first bytes say that it should be one: then it is refused.
 *
 * Passed over, without a word and against no limit: what computers put into archives by themselves
 * (__MACOSX, .DS_Store, ._NAME beside NAME) and .git. So that nobody is kept busy with that, an
 * archive may hold no more of it than 16 times the entries and twice the bytes of the limits, and
 * itself be no larger than all that together.
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
	size_t path_bytes;   /* of one path, below the submission */
};
extern const struct unpack_limits unpack_usual; /* 2,000 entries, 16 MiB, 64 MiB, 16, 512 */

enum unpack_result {
	UNPACK_FAILED = -1, /* the machine's fault: @err says what; @into may hold a part of it */
	UNPACK_DONE = 0,    /* @into holds it */
	UNPACK_REFUSED = 1, /* the submission's fault: *refusal says why; @into may hold a part */
};

/*
 * Copy or unpack the submission at @path into the folder @into, which exists and is empty. @path
 * itself may not be a symbolic link either: one that a student lays where submissions are handed
 * in could lead to the solution. For the same reason a file with a second (hard) link is refused.
 *
 * When an archive or a folder holds nothing but one folder, that folder's content is taken (as
 * those hold that a person zips); once: a folder in that one stays. Modes: 0755 for folders and
 * for files that somebody may execute, 0644 for others; owners, times and extended attributes are
 * not taken over. *refusal: one line to be given to free(), set only for UNPACK_REFUSED; names in
 * it are escaped. The same submission is refused with the same words every time.
 */
enum unpack_result unpack(const char *path, const char *into, const struct unpack_limits *limits,
                          char **refusal, struct err *err);

/*
 * SHA-256 of a list of all that is below @folder in the order of names: the mode of each, and of a
 * file its length and SHA-256. 64 hexadecimal digits and a NUL. 0, or -1 with @err set; what is
 * neither file nor folder is an error.
 *
 * It names cached marks, and who hands in chooses the bytes: base/digest.h could be made to collide
 * and so give one submission another one's marks. The SHA-256 is libarchive's, which is here anyway
 * and writes it into mtree lists; a kernel's AF_ALG is missing in many containers.
 */
int unpack_digest(const char *folder, char hex[static 65], struct err *err);

#endif
