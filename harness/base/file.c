/* SPDX-License-Identifier: MIT */
/* file.c - see file.h */
#include "base/file.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(int dir, const char *name, size_t most, struct buf *out, struct err *err)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;
	size_t begin = out->len;
	struct stat s;
	char part[65536];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, errno, "%s", name);
	if (fstat(fd, &s) < 0)
		rc = err_sys(err, errno, "%s", name);
	else if (!S_ISREG(s.st_mode))
		rc = err_set(err, 0, "%s is no plain file", name);
	else if (s.st_size > 0 && (size_t)s.st_size > most)
		rc = err_set(err, EFBIG, "%s has %lld bytes, and may have %zu", name,
		             (long long)s.st_size, most);
	while (rc == 0 && (n = read(fd, part, sizeof part)) != 0) {
		if (n < 0 && errno != EINTR)
			rc = err_sys(err, errno, "%s", name);
		else if (n > 0)
			buf_add(out, part, (size_t)n);
		if (rc == 0 && out->len - begin > most)
			rc = err_set(err, EFBIG, "%s grows while it is read", name);
	}
	close(fd);
	return rc;
}

int file_make_folders(const char *path, struct err *err)
{
	char *copy = mem_text(path);
	struct stat st;
	int rc = 0;

	for (char *s = copy + 1; rc == 0; s++) {
		char was = *s;

		if (was != '/' && was != '\0')
			continue;
		*s = '\0';
		/* not only EEXIST: EROFS and EACCES too may come for what is there (mkdir(2)) */
		if (mkdir(copy, 0777) < 0) {
			int code = errno;

			if (stat(copy, &st) < 0 || !S_ISDIR(st.st_mode))
				rc = err_sys(err, code == EEXIST ? ENOTDIR : code, "make %s", copy);
		}
		*s = was;
		if (was == '\0')
			break;
	}
	free(copy);
	return rc;
}

int file_write_all(int fd, const void *p, size_t len)
{
	const char *at = p;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_replace(const char *path, const void *p, size_t len, struct err *err)
{
	char *beside = mem_printf("%s.new", path);
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	int code = fd < 0 || file_write_all(fd, p, len) < 0 ? errno : 0;

	/* some file systems tell only here that there was no room */
	if (fd >= 0 && close(fd) < 0 && code == 0)
		code = errno;
	if (code == 0 && rename(beside, path) < 0)
		code = errno;
	if (code)
		unlink(beside);
	free(beside);
	return code ? err_sys(err, code, "%s", path) : 0;
}
