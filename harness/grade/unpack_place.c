/* SPDX-License-Identifier: MIT */
/*
 * unpack_place.c - where a submission's files may go, and how many and how large
 *
 * A name is taken apart before it is used, and what it means is made from the target downwards, a
 * folder at a time, through descriptors and without following a link. There are no links in the
 * target, as none is ever made; that nothing outside is written does not rest on that.
 */
#include "base/err.h"
#include "base/text.h"
#include "grade/unpack_own.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN 200u /* bytes of a name in a sentence */

#define PASSED_ENTRIES 16u
#define PASSED_BYTES   2u

void unpack_show(struct buf *out, const char *name)
{
	text_escape(out, name, strlen(name), SHOWN);
}

enum unpack_result unpack_refuse(struct unpacking *u, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_consume(&u->refusal, u->refusal.len);
	buf_printf(&u->refusal, "%s '", u->noun);
	unpack_show(&u->refusal, name);
	buf_str(&u->refusal, "' ");
	va_start(ap, fmt);
	buf_vprintf(&u->refusal, fmt, ap);
	va_end(ap);
	return UNPACK_REFUSED;
}

enum unpack_result unpack_refuse_whole(struct unpacking *u, const char *fmt, ...)
{
	va_list ap;

	buf_consume(&u->refusal, u->refusal.len);
	va_start(ap, fmt);
	buf_vprintf(&u->refusal, fmt, ap);
	va_end(ap);
	return UNPACK_REFUSED;
}

enum unpack_result unpack_failed(struct unpacking *u, int code, const char *name, const char *what)
{
	struct buf shown = {0};

	unpack_show(&shown, name);
	err_sys(u->err, code, "%s %s", what, buf_text(&shown));
	buf_free(&shown);
	return UNPACK_FAILED;
}

/* "16 MiB", "100 bytes" */
static void add_amount(struct buf *out, uint64_t bytes)
{
	if (bytes >= 1u << 20 && bytes % (1u << 20) == 0)
		buf_printf(out, "%llu MiB", (unsigned long long)(bytes >> 20));
	else if (bytes >= 1u << 10 && bytes % (1u << 10) == 0)
		buf_printf(out, "%llu KiB", (unsigned long long)(bytes >> 10));
	else
		buf_printf(out, "%llu bytes", (unsigned long long)bytes);
}

/* Refuse @name, or all where it is NULL, with @before, an amount, and @behind. */
static enum unpack_result refuse_amount(struct unpacking *u, const char *name, const char *before,
                                        uint64_t most, const char *behind)
{
	struct buf amount = {0};

	add_amount(&amount, most);
	if (name)
		unpack_refuse(u, name, "%s %s%s", before, buf_text(&amount), behind);
	else
		unpack_refuse_whole(u, "%s %s%s", before, buf_text(&amount), behind);
	buf_free(&amount);
	return UNPACK_REFUSED;
}

enum unpack_result unpack_too_large(struct unpacking *u)
{
	return refuse_amount(u, NULL, "it has more than", u->limits->bytes,
	                     ", the most that a submission may have");
}

size_t unpack_passed_entries(const struct unpack_limits *limits)
{
	return PASSED_ENTRIES * limits->entries;
}

uint64_t unpack_passed_bytes(const struct unpack_limits *limits)
{
	return PASSED_BYTES * limits->bytes;
}

enum unpack_result unpack_pass(struct unpacking *u, size_t entries, uint64_t bytes)
{
	u->passed_entries += entries;
	u->passed_bytes += bytes;
	if (u->passed_entries <= unpack_passed_entries(u->limits) &&
	    u->passed_bytes <= unpack_passed_bytes(u->limits))
		return UNPACK_DONE;
	return unpack_refuse_whole(u, "there is too much in it that is passed over (.git, __MACOSX "
	                              "and the like): leave that out");
}

enum unpack_result unpack_too_many(struct unpacking *u)
{
	return unpack_refuse_whole(u,
	                           "it holds more than %zu files and folders, the most that a "
	                           "submission may have",
	                           u->limits->entries);
}

static enum unpack_result count_entry(struct unpacking *u)
{
	return ++u->entries <= u->limits->entries ? UNPACK_DONE : unpack_too_many(u);
}

bool unpack_passes(const char *part)
{
	return strcmp(part, ".git") == 0 || strcmp(part, "__MACOSX") == 0 ||
	       strcmp(part, ".DS_Store") == 0 || (strncmp(part, "._", 2) == 0 && part[2]);
}

static bool has_control(const char *name)
{
	for (; *name; name++) {
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return true;
	}
	return false;
}

/* What may be wrong with @name by itself. */
static enum unpack_result check_name(struct unpacking *u, const char *name)
{
	const char *part = name;
	int level = 0;
	bool up = false;

	if (name[0] == '\0')
		return unpack_refuse(u, name, "has no name");
	if (has_control(name))
		return unpack_refuse(u, name,
		                     "has a line end or another control character in its "
		                     "name");
	if (name[0] == '/')
		return unpack_refuse(u, name,
		                     "leads out of the submission: its path begins with "
		                     "'/'");
	for (; *part && level >= 0; part += strspn(part, "/")) {
		size_t n = strcspn(part, "/");

		if (n == 2 && memcmp(part, "..", 2) == 0) {
			level--;
			up = true;
		} else if (n != 1 || *part != '.') {
			level++;
		}
		part += n;
	}
	if (level < 0)
		return unpack_refuse(u, name, "leads out of the submission");
	if (up)
		return unpack_refuse(u, name, "has '..' in its path");
	return UNPACK_DONE;
}

enum unpack_result unpack_path(struct unpacking *u, const char *name, struct buf *path,
                               bool *passed)
{
	enum unpack_result r = check_name(u, name);
	unsigned depth = 0;
	bool longest = false;

	*passed = false;
	buf_consume(path, path->len);
	for (const char *part = name; r == UNPACK_DONE && *part; part += strspn(part, "/")) {
		size_t n = strcspn(part, "/"), at = path->len > 0 ? path->len + 1 : 0;

		if (n != 1 || *part != '.') {
			depth += at > 0;
			longest |= n > NAME_MAX;
			buf_add(path, "/", at > 0);
			buf_add(path, part, n);
			*passed |= unpack_passes(buf_text(path) + at);
		}
		part += n;
	}
	if (r != UNPACK_DONE || *passed)
		return r;
	if (path->len > u->limits->path_bytes)
		return unpack_refuse(u, name, "has a path of %zu bytes; it may have %zu", path->len,
		                     u->limits->path_bytes);
	if (longest)
		return unpack_refuse(u, name, "has a name of more than %d bytes", NAME_MAX);
	if (depth > u->limits->depth)
		return unpack_refuse(u, name, "lies in %u folders; it may lie in %u", depth,
		                     u->limits->depth);
	return UNPACK_DONE;
}

/* What mkdirat() or openat() says of a path that is in use, or the machine's own fault. */
static enum unpack_result not_made(struct unpacking *u, int code, const char *path)
{
	if (code == ENOTDIR || code == ELOOP)
		return unpack_refuse(u, path, "needs a folder where a file of the same name is");
	return unpack_failed(u, code, path, "make");
}

/* Put the folder called @name into *dir in place of its parent, made when it is missing. */
static enum unpack_result enter(struct unpacking *u, int *dir, const char *name, const char *path,
                                bool *made)
{
	int parent = *dir, code;
	enum unpack_result r = UNPACK_DONE;

	*made = mkdirat(parent, name, 0700) == 0;
	if (*made)
		r = count_entry(u);
	else if (errno != EEXIST)
		r = not_made(u, errno, path);
	if (r != UNPACK_DONE)
		return r;
	*dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	code = errno;
	close(parent);
	if (*dir < 0)
		return not_made(u, code, path);
	if (*made && fchmod(*dir, 0755) < 0)
		return unpack_failed(u, errno, path, "make");
	return UNPACK_DONE;
}

/* Open the folder that @path lies in, made when it is missing; *last: the last part of @path. */
static enum unpack_result enter_parents(struct unpacking *u, const char *path, int *dir,
                                        const char **last)
{
	enum unpack_result r = UNPACK_DONE;
	const char *slash;
	bool made;

	*last = path;
	*dir = fcntl(u->into, F_DUPFD_CLOEXEC, 0);
	if (*dir < 0)
		return unpack_failed(u, errno, path, "make");
	while (r == UNPACK_DONE && (slash = strchr(*last, '/'))) {
		char *part = mem_copy(*last, (size_t)(slash - *last));

		r = enter(u, dir, part, path, &made);
		free(part);
		*last = slash + 1;
	}
	return r;
}

enum unpack_result unpack_folder(struct unpacking *u, const char *path)
{
	const char *last;
	int dir = -1;
	bool made;
	enum unpack_result r = enter_parents(u, path, &dir, &last);

	if (r == UNPACK_DONE)
		r = enter(u, &dir, last, path, &made);
	/* said again it is no folder more, but somebody has to read it */
	if (r == UNPACK_DONE && !made)
		r = count_entry(u);
	if (dir >= 0)
		close(dir);
	return r;
}

/* The file @path cannot be made, as something is there already. */
static enum unpack_result refuse_again(struct unpacking *u, int dir, const char *last,
                                       const char *path)
{
	struct stat st;

	if (fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return unpack_refuse(u, path, "is a file, and a folder of the same name is in it");
	return unpack_refuse(u, path, "is in it twice");
}

enum unpack_result unpack_create(struct unpacking *u, const char *path, mode_t mode,
                                 struct unpack_file *f)
{
	const char *last;
	int dir = -1;
	enum unpack_result r = enter_parents(u, path, &dir, &last);

	*f = (struct unpack_file){.path = path, .fd = -1};
	u->files++;
	if (r == UNPACK_DONE)
		r = count_entry(u);
	if (r == UNPACK_DONE) {
		f->fd =
		    openat(dir, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (f->fd < 0 && errno == EEXIST)
			r = refuse_again(u, dir, last, path);
		else if (f->fd < 0 || fchmod(f->fd, mode & 0111 ? 0755 : 0644) < 0)
			r = unpack_failed(u, errno, path, "make");
	}
	if (dir >= 0)
		close(dir);
	return r == UNPACK_DONE || f->fd < 0 ? r : unpack_close(u, f, r);
}

enum unpack_result unpack_add(struct unpacking *u, struct unpack_file *f, const void *p, size_t len)
{
	const char *at = p;

	f->bytes += len;
	u->bytes += len;
	if (f->bytes > u->limits->file_bytes)
		return refuse_amount(u, f->path, "is larger than", u->limits->file_bytes,
		                     ", the most that a file may have");
	if (u->bytes > u->limits->bytes)
		return unpack_too_large(u);
	while (len > 0) {
		ssize_t n = write(f->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return unpack_failed(u, errno, f->path, "write");
		at += n;
		len -= (size_t)n;
	}
	return UNPACK_DONE;
}

enum unpack_result unpack_close(struct unpacking *u, struct unpack_file *f,
                                enum unpack_result before)
{
	int r = close(f->fd);

	f->fd = -1;
	if (before == UNPACK_DONE && r < 0)
		return unpack_failed(u, errno, f->path, "write");
	return before;
}
