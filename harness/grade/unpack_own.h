/* SPDX-License-Identifier: MIT */
/*
 * unpack_own.h - what a folder, a file and an archive have in common when they are taken
 */
#ifndef SOCKPROOF_GRADE_UNPACK_OWN_H
#define SOCKPROOF_GRADE_UNPACK_OWN_H
#include "base/mem.h"
#include "grade/unpack.h"
#include <stdbool.h>
#include <sys/types.h>

/* One submission on its way. All functions set @err or @refusal when they do not return
 * UNPACK_DONE. */
struct unpacking {
	const struct unpack_limits *limits;
	int into;         /* descriptor of the target */
	const char *noun; /* what a thing in it is called: "entry", "file" */
	size_t entries;   /* files and folders so far */
	size_t files;     /* files among them */
	uint64_t bytes;
	size_t passed_entries; /* of what is passed over */
	uint64_t passed_bytes;
	struct buf refusal;
	struct err *err;
};

/* A file of the target that is being written. */
struct unpack_file {
	const char *path; /* borrowed */
	int fd;
	uint64_t bytes;
};

/* Where a submission's own bytes or names go into words: one line, not too long. */
void unpack_show(struct buf *out, const char *name);

/* "entry 'NAME' …" */
enum unpack_result unpack_refuse(struct unpacking *u, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* About all of it. */
enum unpack_result unpack_refuse_whole(struct unpacking *u, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
enum unpack_result unpack_too_many(struct unpacking *u);
enum unpack_result unpack_too_large(struct unpacking *u);
enum unpack_result unpack_failed(struct unpacking *u, int code, const char *name, const char *what);

/* Is @part, a name without slashes, of a thing that is passed over with all that is in it? */
bool unpack_passes(const char *part);

/*
 * The path that @name means below the target, without "." and needless slashes, into @path, which
 * stays empty for the target itself. *passed: it is passed over.
 */
enum unpack_result unpack_path(struct unpacking *u, const char *name, struct buf *path,
                               bool *passed);

/* Make the folder @path and those above it. One that is there already is fine. */
enum unpack_result unpack_folder(struct unpacking *u, const char *path);

/* Make the file @path and the folders above it; add bytes to it, in their order. */
enum unpack_result unpack_create(struct unpacking *u, const char *path, mode_t mode,
                                 struct unpack_file *f);
enum unpack_result unpack_add(struct unpacking *u, struct unpack_file *f, const void *p,
                              size_t len);
/* End with @before, or, where that is UNPACK_DONE, with what closing brought. */
enum unpack_result unpack_close(struct unpacking *u, struct unpack_file *f,
                                enum unpack_result before);

/* Count what is passed over. */
enum unpack_result unpack_pass(struct unpacking *u, size_t entries, uint64_t bytes);

/* Most of what may be passed over. */
size_t unpack_passed_entries(const struct unpack_limits *limits);
uint64_t unpack_passed_bytes(const struct unpack_limits *limits);

struct unpack_names {
	char **list;
	size_t count;
};

/*
 * The names in the folder behind @dir in the order of their bytes, without "." and "..", and
 * without what is passed over unless @all. Reading ends as soon as there are more than @most.
 * 0, or -1 with errno set; then there is nothing to free.
 */
int unpack_names_read(int dir, bool all, size_t most, struct unpack_names *names);
void unpack_names_free(struct unpack_names *names);

/*
 * Unpack what @fd holds, a regular file called @name of @size bytes. *archive: whether it is an
 * archive; if not, nothing was done. @fd stays open, at any place.
 */
enum unpack_result unpack_archive(struct unpacking *u, int fd, uint64_t size, const char *name,
                                  bool *archive);

#endif
