/* SPDX-License-Identifier: MIT */
/* stage.c - see stage.h */
#include "grade/stage.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAFF_FILE_MOST ((size_t)64 << 20)

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int remove_all(const char *path, struct err *err)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		return err_sys(err, errno, "removing %s", path);
	return 0;
}

/* In a folder of results, from the beginning on. */
#define MARK ".sockproof-grade"

/* Is there nothing in it? */
static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	size_t count = 0;

	while (dir && (e = readdir(dir)) != NULL)
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (!dir)
		return false;
	closedir(dir);
	return count == 0;
}

int stage_claim(const char *path, struct err *err)
{
	char *mark = mem_printf("%s/" MARK, path);
	struct stat st;
	int r = file_make_folders(path, err);

	if (r == 0 && lstat(mark, &st) < 0)
		r = is_empty(path)
		        ? file_replace(mark, "", 0, err)
		        : err_set(err, EEXIST,
		                  "%s is there, and holds what is no result of grading; name "
		                  "another folder with --out",
		                  path);
	free(mark);
	return r;
}

int stage_empty(const char *path, struct err *err)
{
	return remove_all(path, err) < 0 ? -1 : file_make_folders(path, err);
}

int stage_put(const char *from, const char *into, const char *name, struct err *err)
{
	char *path = mem_printf("%s/%s", into, name), *folder = mem_text(path);
	struct buf bytes = {0};
	int fd = -1, r = -1;

	*strrchr(folder, '/') = '\0';
	if (file_read(AT_FDCWD, from, STAFF_FILE_MOST, &bytes, err) == 0 &&
	    remove_all(path, err) == 0 && file_make_folders(folder, err) == 0) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		r = fd >= 0 && file_write_all(fd, bytes.p, bytes.len) == 0
		        ? 0
		        : err_sys(err, errno, "%s", path);
	}
	if (fd >= 0)
		close(fd);
	buf_free(&bytes);
	free(folder);
	free(path);
	return r;
}
