/* SPDX-License-Identifier: MIT */
/*
 * unpack.c - see unpack.h
 *
 * What a submission is, is asked of the opened thing and not of its path: between a question and
 * an answer a student may put another thing there. A folder is walked by descriptors, a level at a
 * time, without following a link; everything goes into the target through unpack_place.c, be it
 * from a folder or from an archive, so that what is refused in the one is refused in the other.
 */
#include "grade/unpack.h"
#include "base/err.h"
#include "base/mem.h"
#include "grade/unpack_own.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct unpack_limits unpack_usual = {
    .entries = 2000, .file_bytes = 16u << 20, .bytes = 64u << 20, .depth = 16, .path_bytes = 512};

/* O_NONBLOCK: a FIFO without a writer would never open. */
#define OPEN_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static const char *kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "is a symbolic link";
	case S_IFIFO:
		return "is a FIFO";
	case S_IFSOCK:
		return "is a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "is a device";
	default:
		return "is neither a file nor a folder";
	}
}

static enum unpack_result check_kind(struct unpacking *u, const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return unpack_refuse(u, path, "%s: only files and folders are taken",
		                     kind(st->st_mode));
	if (S_ISREG(st->st_mode) && st->st_nlink > 1)
		return unpack_refuse(u, path,
		                     "is a hard link: the same file has another name; "
		                     "hand in a copy");
	return UNPACK_DONE;
}

static enum unpack_result not_readable(struct unpacking *u, int code, const char *path,
                                       const char *what)
{
	if (code == ELOOP) /* not yet when it was looked at */
		return unpack_refuse(u, path, "%s: only files and folders are taken",
		                     kind(S_IFLNK));
	if (code == EACCES || code == EPERM)
		return unpack_refuse(u, path,
		                     "cannot be read: its permissions, or those of its "
		                     "folder, forbid it");
	return unpack_failed(u, code, path, what);
}

/* Open @at of @dir, called @shown in words, when it is a file or a folder. */
static enum unpack_result open_plain(struct unpacking *u, int dir, const char *at,
                                     const char *shown, int *fd, struct stat *st)
{
	enum unpack_result r;

	*fd = -1;
	*st = (struct stat){0};
	/* opening a device may do something, so it is looked at before, and again behind that */
	if (fstatat(dir, at, st, AT_SYMLINK_NOFOLLOW) < 0)
		return not_readable(u, errno, shown, "look at");
	r = check_kind(u, shown, st);
	if (r != UNPACK_DONE)
		return r;
	*fd = openat(dir, at, OPEN_FLAGS);
	if (*fd < 0)
		return not_readable(u, errno, shown, "open");
	if (fstat(*fd, st) < 0)
		r = unpack_failed(u, errno, shown, "look at");
	else
		r = check_kind(u, shown, st);
	if (r != UNPACK_DONE)
		close(*fd);
	return r;
}

static enum unpack_result copy_file(struct unpacking *u, int fd, mode_t mode, const char *path)
{
	struct unpack_file f;
	enum unpack_result r = unpack_create(u, path, mode, &f);
	char part[65536];

	if (r != UNPACK_DONE)
		return r;
	for (;;) {
		ssize_t n = read(fd, part, sizeof part);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = unpack_failed(u, errno, path, "read");
		if (n > 0)
			r = unpack_add(u, &f, part, (size_t)n);
		if (n <= 0 || r != UNPACK_DONE)
			return unpack_close(u, &f, r);
	}
}

static enum unpack_result copy_folder(struct unpacking *u, int dir, const char *above);

/* @name of the folder @dir, which is @above in the submission. */
static enum unpack_result copy_one(struct unpacking *u, int dir, const char *above,
                                   const char *name)
{
	char *given = *above ? mem_printf("%s/%s", above, name) : mem_text(name);
	struct buf path = {0};
	struct stat st;
	bool passed;
	int fd;
	enum unpack_result r = unpack_path(u, given, &path, &passed);

	if (r == UNPACK_DONE)
		r = open_plain(u, dir, name, given, &fd, &st);
	if (r == UNPACK_DONE) {
		if (S_ISREG(st.st_mode))
			r = copy_file(u, fd, st.st_mode, buf_text(&path));
		else if ((r = unpack_folder(u, buf_text(&path))) == UNPACK_DONE)
			r = copy_folder(u, fd, buf_text(&path));
		close(fd);
	}
	buf_free(&path);
	free(given);
	return r;
}

/* The depth of this is bounded by unpack_path(). */
static enum unpack_result copy_folder(struct unpacking *u, int dir, const char *above)
{
	struct unpack_names names;
	struct stat source, target;
	enum unpack_result r = UNPACK_DONE;

	if (fstat(dir, &source) < 0 || fstat(u->into, &target) < 0)
		return unpack_failed(u, errno, above, "look at");
	if (source.st_dev == target.st_dev && source.st_ino == target.st_ino) {
		err_set(u->err, EINVAL,
		        "the folder to copy to lies in the submission: choose another");
		return UNPACK_FAILED;
	}
	if (unpack_names_read(dir, false, u->limits->entries, &names) < 0)
		return not_readable(u, errno, *above ? above : ".", "read the folder");
	/* what is refused must not depend on which of too many came first */
	if (u->entries + names.count > u->limits->entries)
		r = unpack_too_many(u);
	for (size_t i = 0; r == UNPACK_DONE && i < names.count; i++)
		r = copy_one(u, dir, above, names.list[i]);
	unpack_names_free(&names);
	return r;
}

static int move_up(int into, int top, const struct unpack_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (renameat(top, names->list[i], into, names->list[i]) < 0)
			return -1;
	}
	return 0;
}

/* A name for the folder @name that none of @names has. */
static char *name_aside(const struct unpack_names *names, const char *name)
{
	char *aside = mem_text(name);

	for (size_t i = 0, n = 0; i < names->count;) {
		if (strcmp(aside, names->list[i++]) != 0)
			continue;
		free(aside);
		aside = mem_printf("aside-%zu", n++);
		i = 0;
	}
	return aside;
}

/* The content of @top, the folder @name and the only thing in the target, takes its place. */
static int take_up(int into, int top, const char *name)
{
	struct unpack_names names;
	char *aside;
	int r, code;

	if (unpack_names_read(top, true, SIZE_MAX, &names) < 0)
		return -1;
	/* the folder may hold one of its own name */
	aside = name_aside(&names, name);
	r = strcmp(aside, name) == 0 ? 0 : renameat(into, name, into, aside);
	if (r == 0)
		r = move_up(into, top, &names);
	if (r == 0)
		r = unlinkat(into, aside, AT_REMOVEDIR);
	code = errno;
	free(aside);
	unpack_names_free(&names);
	errno = code;
	return r;
}

/* When all is in one folder, it is that folder that was meant. */
static enum unpack_result take_single_folder(struct unpacking *u)
{
	struct unpack_names names;
	enum unpack_result r = UNPACK_DONE;
	int top;

	if (u->files == 0)
		return unpack_refuse_whole(u, "there is no file in it");
	if (unpack_names_read(u->into, true, 1, &names) < 0)
		return unpack_failed(u, errno, ".", "read the folder");
	if (names.count != 1)
		goto out;
	top = openat(u->into, names.list[0], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top >= 0) {
		if (take_up(u->into, top, names.list[0]) < 0)
			r = unpack_failed(u, errno, names.list[0], "move the files out of");
		close(top);
	} else if (errno != ENOTDIR) {
		r = unpack_failed(u, errno, names.list[0], "open");
	}
out:
	unpack_names_free(&names);
	return r;
}

static enum unpack_result take_file(struct unpacking *u, int fd, const struct stat *st,
                                    const char *name)
{
	struct buf path = {0};
	bool archive, passed;
	enum unpack_result r = unpack_archive(u, fd, (uint64_t)st->st_size, name, &archive);

	if (r != UNPACK_DONE)
		return r;
	if (archive)
		return take_single_folder(u);
	r = unpack_path(u, name, &path, &passed);
	if (r == UNPACK_DONE && lseek(fd, 0, SEEK_SET) < 0)
		r = unpack_failed(u, errno, name, "read");
	if (r == UNPACK_DONE)
		r = copy_file(u, fd, st->st_mode, name);
	buf_free(&path);
	return r;
}

static enum unpack_result take(struct unpacking *u, const char *path)
{
	struct unpack_names there;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat st;
	int fd;
	enum unpack_result r;

	if (unpack_names_read(u->into, true, 0, &there) < 0)
		return unpack_failed(u, errno, ".", "read the target");
	r = there.count == 0 ? UNPACK_DONE
	                     : unpack_failed(u, ENOTEMPTY, there.list[0], "the target holds");
	unpack_names_free(&there);
	if (r == UNPACK_DONE)
		r = open_plain(u, AT_FDCWD, path, name, &fd, &st);
	if (r != UNPACK_DONE)
		return r;
	if (S_ISREG(st.st_mode)) {
		r = take_file(u, fd, &st, name);
	} else {
		r = copy_folder(u, fd, "");
		if (r == UNPACK_DONE)
			r = take_single_folder(u);
	}
	close(fd);
	return r;
}

enum unpack_result unpack(const char *path, const char *into, const struct unpack_limits *limits,
                          char **refusal, struct err *err)
{
	struct unpacking u = {.limits = limits, .noun = "file", .err = err};
	char *plain = mem_text(path);
	enum unpack_result r;

	*refusal = NULL;
	/* "a/" would follow a link */
	for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--)
		plain[n - 1] = '\0';
	u.into = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u.into < 0) {
		r = unpack_failed(&u, errno, into, "open");
	} else {
		r = take(&u, plain);
		close(u.into);
	}
	if (r == UNPACK_REFUSED)
		*refusal = buf_take(&u.refusal);
	buf_free(&u.refusal);
	free(plain);
	return r;
}
