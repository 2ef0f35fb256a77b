/* SPDX-License-Identifier: MIT */
/*
 * fuzz_unpack.c - any bytes as a submission: it is taken within the limits or refused in one line,
 * and beside the target nothing changes
 */
#include "base/err.h"
#include "grade/unpack.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct unpack_limits few = {
    .entries = 12, .file_bytes = 20000, .bytes = 50000, .depth = 3, .path_bytes = 60};

/* the working directory is the fuzzer's: its corpus is named from there */
static char folder[] = "/tmp/sockproof-fuzz-unpack-XXXXXX", into[64], submission[64];
static size_t into_bytes; /* of the target's path with a slash */
static struct {
	size_t entries;
	uint64_t bytes;
} found;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static int look(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)kind;
	if (at->level == 0)
		return 0;
	must(strlen(path) - into_bytes <= few.path_bytes && (unsigned)at->level - 1 <= few.depth);
	must(S_ISDIR(st->st_mode) || S_ISREG(st->st_mode));
	must((st->st_mode & 07777) == 0755 ||
	     (S_ISREG(st->st_mode) && (st->st_mode & 07777) == 0644));
	found.entries++;
	if (S_ISREG(st->st_mode)) {
		must((uint64_t)st->st_size <= few.file_bytes && st->st_nlink == 1);
		found.bytes += (uint64_t)st->st_size;
	}
	return 0;
}

static int take_away(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	must(at->level == 0 || remove(path) == 0);
	return 0;
}

/* A folder of ours alone: the target and the submission are in it, and nothing else. */
static void nothing_beside(void)
{
	DIR *d = opendir(folder);
	size_t count = 0;

	must(d);
	while (readdir(d))
		count++;
	closedir(d);
	must(count == 4);
}

static void leave(void)
{
	unlink(submission);
	rmdir(into);
	rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	char *refusal, hex[65];
	enum unpack_result r;
	int fd;

	if (!into[0]) {
		must(mkdtemp(folder));
		snprintf(into, sizeof into, "%s/into", folder);
		snprintf(submission, sizeof submission, "%s/submission", folder);
		must(mkdir(into, 0755) == 0);
		into_bytes = strlen(into) + 1;
		must(atexit(leave) == 0);
	}
	fd = open(submission, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
	r = unpack(submission, into, &few, &refusal, &err);
	must(r == UNPACK_DONE || r == UNPACK_REFUSED);
	must((r == UNPACK_REFUSED) == (refusal != NULL));
	for (const char *c = refusal ? refusal : ""; *c; c++)
		must((unsigned char)*c >= 0x20 && *c != 0x7f);
	free(refusal);
	memset(&found, 0, sizeof found);
	must(nftw(into, look, 8, FTW_PHYS) == 0);
	/* the one that is too many is noticed when it is there */
	must(found.entries <= few.entries + 1 && found.bytes <= few.bytes);
	must(r == UNPACK_REFUSED || unpack_digest(into, hex, &err) == 0);
	nothing_beside();
	must(nftw(into, take_away, 8, FTW_PHYS | FTW_DEPTH) == 0);
	return 0;
}
