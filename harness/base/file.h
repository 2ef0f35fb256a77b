/* SPDX-License-Identifier: MIT */
/*
 * file.h - a file, whole
 */
#ifndef SOCKPROOF_BASE_FILE_H
#define SOCKPROOF_BASE_FILE_H
#include <stddef.h>

struct buf;
struct err;

/*
 * Add to @out what is in the file @name of the directory @dir (AT_FDCWD: as open(2)), which has no
 * more than @most bytes. Returns 0, or -1 with @err set: not there, no plain file, too long. It
 * never waits: a FIFO is no plain file.
 */
int file_read(int dir, const char *name, size_t most, struct buf *out, struct err *err);

/* Write all of it, signals or not. Returns 0, or -1 with errno set. */
int file_write_all(int fd, const void *p, size_t len);

/* The file @path with these bytes, whole or not at all: an earlier one is replaced by rename(2).
 * Returns 0, or -1 with @err set. */
int file_replace(const char *path, const void *p, size_t len, struct err *err);

/*
 * Make the directory @path and those above it where they are missing, as mkdir -p.
 * Returns 0, or -1 with @err set.
 */
int file_make_folders(const char *path, struct err *err);

#endif
