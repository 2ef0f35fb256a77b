/* SPDX-License-Identifier: MIT */
/*
 * unpack_digest.c - a name for what a folder holds
 *
 * A list is made, "PATH NUL mode" for a folder and "PATH NUL mode length sha256" for a file, a line
 * each; the digest is that of the list. A path has no NUL in it and what follows has one form, so
 * two folders have one list only if they are alike. libarchive gives a SHA-256 where it writes an
 * mtree list: one of a single entry is written, and read.
 */
#include "base/err.h"
#include "grade/unpack_own.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX 64u

struct sha256 {
	struct archive *a;
	struct buf list;
};

static la_ssize_t keep(struct archive *a, void *data, const void *p, size_t len)
{
	(void)a;
	buf_add(data, p, len);
	return (la_ssize_t)len;
}

static int sha256_failed(struct sha256 *s, struct err *err)
{
	const char *why = archive_error_string(s->a);

	return err_set(err, archive_errno(s->a), "SHA-256 by libarchive: %s", why ? why : "failed");
}

/* Of @size bytes, which follow. sha256_end() also behind an error. */
static int sha256_begin(struct sha256 *s, uint64_t size, struct err *err)
{
	struct archive_entry *e = archive_entry_new();
	int r;

	*s = (struct sha256){.a = archive_write_new()};
	if (!s->a || !e)
		abort();
	archive_entry_set_pathname(e, "x");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_size(e, (la_int64_t)size);
	r = archive_write_set_format_mtree(s->a);
	if (r == ARCHIVE_OK)
		r = archive_write_set_options(s->a, "mtree:!all,mtree:sha256");
	if (r == ARCHIVE_OK)
		r = archive_write_open(s->a, &s->list, NULL, keep, NULL);
	if (r == ARCHIVE_OK)
		r = archive_write_header(s->a, e);
	archive_entry_free(e);
	return r == ARCHIVE_OK ? 0 : sha256_failed(s, err);
}

static int sha256_add(struct sha256 *s, const void *p, size_t len, struct err *err)
{
	return len == 0 || archive_write_data(s->a, p, len) == (la_ssize_t)len
	           ? 0
	           : sha256_failed(s, err);
}

/* @rc: what came before; where it is 0 the digest is added to @hex. Returns 0 or -1. */
static int sha256_end(struct sha256 *s, int rc, struct buf *hex, struct err *err)
{
	static const char key[] = " sha256digest=";
	const char *at;

	if (rc == 0 && archive_write_close(s->a) != ARCHIVE_OK)
		rc = sha256_failed(s, err);
	archive_write_free(s->a);
	at = strstr(buf_text(&s->list), key);
	if (rc == 0 && (!at || strspn(at + strlen(key), "0123456789abcdef") != HEX))
		rc = err_set(err, ENOTSUP, "this machine's libarchive gives no SHA-256");
	else if (rc == 0)
		buf_add(hex, at + strlen(key), HEX);
	buf_free(&s->list);
	return rc;
}

static int read_into(struct sha256 *s, int fd, uint64_t size, const char *path, struct err *err)
{
	char part[65536];
	uint64_t got = 0;
	ssize_t n;

	while ((n = read(fd, part, sizeof part)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "read %s", path);
		got += (uint64_t)n;
		if (got > size)
			break;
		if (sha256_add(s, part, (size_t)n, err) < 0)
			return -1;
	}
	return got == size ? 0 : err_set(err, 0, "%s changes while it is read", path);
}

static int add_folder(struct buf *list, int dir, const char *above, struct err *err);

static int add_one(struct buf *list, int fd, const char *path, struct err *err)
{
	struct sha256 s;
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "look at %s", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_set(err, EINVAL, "%s is neither a file nor a folder", path);
	buf_add(list, path, strlen(path) + 1);
	buf_printf(list, "%o", (unsigned)st.st_mode);
	if (S_ISDIR(st.st_mode)) {
		buf_str(list, "\n");
		return add_folder(list, fd, path, err);
	}
	buf_printf(list, " %lld ", (long long)st.st_size);
	rc = sha256_begin(&s, (uint64_t)st.st_size, err);
	if (rc == 0)
		rc = read_into(&s, fd, (uint64_t)st.st_size, path, err);
	rc = sha256_end(&s, rc, list, err);
	buf_str(list, "\n");
	return rc;
}

static int add_folder(struct buf *list, int dir, const char *above, struct err *err)
{
	struct unpack_names names;
	int rc = 0;

	if (unpack_names_read(dir, true, SIZE_MAX, &names) < 0)
		return err_sys(err, errno, "read the folder %s", *above ? above : ".");
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		char *path =
		    *above ? mem_printf("%s/%s", above, names.list[i]) : mem_text(names.list[i]);
		int fd = openat(dir, names.list[i],
		                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

		if (fd < 0)
			rc = err_sys(err, errno, "open %s", path);
		else
			rc = add_one(list, fd, path, err);
		if (fd >= 0)
			close(fd);
		free(path);
	}
	unpack_names_free(&names);
	return rc;
}

int unpack_digest(const char *folder, char hex[static 65], struct err *err)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	struct buf list = {0}, digest = {0};
	struct sha256 s;

	if (dir < 0)
		return err_sys(err, errno, "open %s", folder);
	rc = add_folder(&list, dir, "", err);
	close(dir);
	if (rc == 0) {
		rc = sha256_begin(&s, list.len, err);
		if (rc == 0)
			rc = sha256_add(&s, buf_text(&list), list.len, err);
		rc = sha256_end(&s, rc, &digest, err);
	}
	if (rc == 0)
		memcpy(hex, buf_text(&digest), HEX + 1);
	buf_free(&list);
	buf_free(&digest);
	return rc;
}
