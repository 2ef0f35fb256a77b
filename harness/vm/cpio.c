/* SPDX-License-Identifier: MIT */
/*
 * cpio.c - see cpio.h
 *
 * An archive that comes out of a guest was written where hostile programs ran. So every length is
 * held against what is there before it is used, and what is unpacked stays below its folder: a name
 * has no "..", and folders are walked one by one without following a link, also one that an earlier
 * entry has put there.
 */
#include "vm/cpio.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "070701", then 13 numbers of 8 hexadecimal digits each (buffer-format.rst). */
#define MAGIC   "070701"
#define HEADER  110u
#define TRAILER "TRAILER!!!"
#define SHOWN   200 /* bytes of a name in an error */

enum { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME_SIZE = 11 };

/* Name and bytes are padded to four, counted from where the header begins. */
static size_t pad(size_t len)
{
	return -len & 3;
}

static void add(struct buf *out, const char *name, mode_t mode, const void *bytes, size_t len)
{
	size_t name_size = strlen(name) + 1;

	/* the kernel passes over an entry with a longer name without a word */
	if (len > CPIO_MAX || name_size > PATH_MAX)
		abort();
	/* inode, mode, uid, gid, links, time, size, device and rdevice of two each, name, check */
	buf_printf(out, MAGIC "%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 0u,
	           (unsigned)mode, 0u, 0u, 1u, 0u, (unsigned)len, 0u, 0u, 0u, 0u,
	           (unsigned)name_size, 0u);
	buf_add(out, name, name_size);
	buf_add(out, "\0\0\0", pad(HEADER + name_size));
	buf_add(out, bytes, len);
	buf_add(out, "\0\0\0", pad(len));
}

void cpio_add(struct buf *out, const char *name, mode_t mode, const void *bytes, size_t len)
{
	add(out, name, mode, bytes, len);
}

void cpio_end(struct buf *out)
{
	add(out, TRAILER, 0, NULL, 0);
}

/* Number @field of the header at @p; false when it is none. */
static bool number(const char *p, int field, uint32_t *value)
{
	*value = 0;
	p += strlen(MAGIC) + 8 * (size_t)field;
	for (int i = 0; i < 8; i++) {
		char c = p[i];
		if (c >= '0' && c <= '9')
			*value = *value << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*value = *value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* Relative, and every part of it a name. */
static bool name_stays_below(const char *name)
{
	for (;;) {
		size_t n = strcspn(name, "/");
		if (n == 0 || (n <= 2 && strncmp(name, "..", n) == 0))
			return false;
		if (name[n] == '\0')
			return true;
		name += n + 1;
	}
}

/* What is wrong with the entry called @name; -1. */
static int refuse(const char *name, const char *what, struct err *err)
{
	struct buf shown = {0};

	text_escape(&shown, name, strlen(name), SHOWN);
	err_set(err, EINVAL, "%s: %s", buf_text(&shown), what);
	buf_free(&shown);
	return -1;
}

static int cut_off(size_t at, struct err *err)
{
	err_set(err, EINVAL, "the archive is cut off in the entry at byte %zu", at);
	return -1;
}

static int no_archive(size_t at, struct err *err)
{
	err_set(err, EINVAL, "no cpio archive of the kind \"newc\": byte %zu", at);
	return -1;
}

static int no_end(size_t at, struct err *err)
{
	err_set(err, EINVAL, "the name in the entry at byte %zu has no end", at);
	return -1;
}

static int check_entry(const struct cpio_entry *e, struct err *err)
{
	if (!name_stays_below(e->name))
		return refuse(e->name, "a name in an archive is relative, without \"..\"", err);
	if (!S_ISREG(e->mode) && !S_ISDIR(e->mode) && !S_ISLNK(e->mode))
		return refuse(e->name, "neither a file nor a folder nor a link", err);
	if (S_ISLNK(e->mode) &&
	    (e->len == 0 || e->len >= PATH_MAX || memchr(e->bytes, '\0', e->len)))
		return refuse(e->name, "a link to what is no path", err);
	return 1;
}

int cpio_next(const void *archive, size_t len, size_t *at, struct cpio_entry *out, struct err *err)
{
	size_t begin = *at, left = begin <= len ? len - begin : 0, to_bytes, to_end;
	const char *p = (const char *)archive + begin;
	uint32_t mode, size, name_size;

	if (left < HEADER)
		return cut_off(begin, err);
	if (memcmp(p, MAGIC, strlen(MAGIC)) != 0 || !number(p, FIELD_MODE, &mode) ||
	    !number(p, FIELD_SIZE, &size) || !number(p, FIELD_NAME_SIZE, &name_size) ||
	    name_size == 0 || name_size > PATH_MAX)
		return no_archive(begin, err);
	/* a few thousand and 32 bits: no sum below overflows */
	to_bytes = HEADER + name_size + pad(HEADER + name_size);
	to_end = to_bytes + size + pad(size);
	if (left < to_end)
		return cut_off(begin, err);
	*out = (struct cpio_entry){
	    .name = p + HEADER, .bytes = p + to_bytes, .len = size, .mode = mode};
	if (memchr(out->name, '\0', name_size) != out->name + name_size - 1)
		return no_end(begin, err);
	*at = begin + to_end;
	if (strcmp(out->name, TRAILER) == 0)
		return 0;
	return check_entry(out, err);
}

/* Open the folder @name of @parent, made when it is missing. -1: errno. */
static int enter(int parent, const char *name)
{
	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return -1;
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The folder that @name lies in, opened, and its last part. -1: errno. */
static int enter_parents(int folder, const char *name, const char **last)
{
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	const char *slash;

	for (; fd >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		char *part = mem_copy(name, (size_t)(slash - name));
		int next = enter(fd, part), code = errno;
		free(part);
		close(fd);
		errno = code;
		fd = next;
	}
	*last = name;
	return fd;
}

static int make_file(int parent, const char *name, const struct cpio_entry *e)
{
	int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	int r = file_write_all(fd, e->bytes, e->len);
	if (r == 0)
		r = fchmod(fd, e->mode & 0777);
	int code = errno;
	if (close(fd) < 0)
		return -1;
	errno = code;
	return r;
}

static int make_folder(int parent, const char *name, mode_t mode)
{
	int fd = enter(parent, name);

	if (fd < 0)
		return -1;
	/* the owner can always go on: what is in it comes behind it, and must go away again */
	int r = fchmod(fd, (mode & 01777) | S_IRWXU), code = errno;
	close(fd);
	errno = code;
	return r;
}

static int make_link(int parent, const char *name, const struct cpio_entry *e)
{
	char *to = mem_copy(e->bytes, e->len);
	int r = symlinkat(to, parent, name), code = errno;

	free(to);
	errno = code;
	return r;
}

static int make(int parent, const char *name, const struct cpio_entry *e)
{
	if (S_ISDIR(e->mode))
		return make_folder(parent, name, e->mode);
	if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
		return -1;
	return S_ISLNK(e->mode) ? make_link(parent, name, e) : make_file(parent, name, e);
}

static int unpack_one(int folder, const struct cpio_entry *e, struct err *err)
{
	const char *last;
	struct buf shown = {0};
	int parent = enter_parents(folder, e->name, &last);
	int r = parent < 0 ? -1 : make(parent, last, e), code = errno;

	if (parent >= 0)
		close(parent);
	if (r == 0)
		return 0;
	text_escape(&shown, e->name, strlen(e->name), SHOWN);
	err_sys(err, code, "unpack %s", buf_text(&shown));
	buf_free(&shown);
	return -1;
}

int cpio_unpack(const void *archive, size_t len, int folder, struct err *err)
{
	struct cpio_entry e;
	size_t at = 0;
	int r;

	while ((r = cpio_next(archive, len, &at, &e, err)) > 0) {
		if (unpack_one(folder, &e, err) < 0)
			return -1;
	}
	return r;
}
