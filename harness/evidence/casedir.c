/* SPDX-License-Identifier: MIT */
/*
 * casedir.c - see casedir.h
 *
 * Theory. The files go into a sibling ".sockproof-<name>-<pid>-<n>" of the directory, locked by
 * flock(2) as long as the process that writes it lives: a sibling that nobody locks was left by a
 * killed run. Where something is already, renameat2(RENAME_EXCHANGE) puts the new one in its place
 * in one step, and the old one goes out of the sibling's name.
 */
#include "evidence/casedir.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HIDDEN ".sockproof-"
/* A case directory lies a few folders below --out; deeper is somebody else's tree. */
#define SWEEP_DEPTH 8

struct casedir {
	char *path;   /* where it shall be */
	char *name;   /* its last part */
	char *hidden; /* the sibling's name, below @parent */
	int parent;   /* descriptor; -1: none */
	int dir;      /* the sibling, locked; -1: none */
	bool placed;
};

static const char *mend(int code)
{
	switch (code) {
	case ENOSPC:
	case EDQUOT:
		return "; free some space, or choose another place with --out";
	case EACCES:
	case EPERM:
	case EROFS:
		return "; choose a place you may write to with --out";
	case ENOTDIR:
		return "; a file is where a folder is needed: choose another place with --out";
	default:
		return "";
	}
}

static int fail(const char *folder, const char *name, int code, struct err *err)
{
	return err_set(err, code, "%s%s%s: %s%s", folder, *name ? "/" : "", name, strerror(code),
	               mend(code));
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Empty the directory @fd, folders in it too. @fd is closed. Best effort: what stays is left for
 * the next sweep. */
static void empty_out(int fd)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d))) {
		int below;

		if (is_dots(e->d_name) || unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		below =
		    openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			empty_out(below);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

static void remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		empty_out(fd);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* The folder that @path is to stand in, made if need be; its descriptor, or -1. */
static int open_parent(const char *path, struct err *err)
{
	char *folder = mem_text(path), *last = strrchr(folder, '/');
	const char *name = last ? folder : ".";
	int fd = -1;

	if (last)
		last[last == folder] = '\0';
	if (file_make_folders(name, err) == 0) {
		fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fail(name, "", errno, err);
	}
	free(folder);
	return fd;
}

/* Make, open and lock the sibling. Returns 0, 1 to try again under another name, -1 with @err set.
 */
static int make_hidden(struct casedir *d, unsigned n, struct err *err)
{
	struct stat s;

	free(d->hidden);
	d->hidden = mem_printf(HIDDEN "%.120s-%d-%u", d->name, (int)getpid(), n);
	if (mkdirat(d->parent, d->hidden, 0777) < 0) {
		if (errno == EEXIST)
			return 1;
		fail(d->path, "", errno, err);
		free(d->hidden);
		d->hidden = NULL;
		return -1;
	}
	d->dir = openat(d->parent, d->hidden, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->dir >= 0 && flock(d->dir, LOCK_EX) == 0 && fstat(d->dir, &s) == 0 && s.st_nlink > 0)
		return 0;
	/* a sweep came between making and locking it, and took it for a leftover */
	if (d->dir >= 0)
		close(d->dir);
	d->dir = -1;
	return 1;
}

struct casedir *casedir_begin(const char *path, struct err *err)
{
	struct casedir *d = mem_zero(1, sizeof *d);
	size_t len;
	int rc = 1;

	d->parent = -1;
	d->dir = -1;
	d->path = mem_text(path);
	for (len = strlen(path); len > 1 && d->path[len - 1] == '/'; len--)
		d->path[len - 1] = '\0';
	d->name = mem_text(strrchr(d->path, '/') ? strrchr(d->path, '/') + 1 : d->path);
	if (*d->name == '\0' || is_dots(d->name)) {
		err_set(err, EINVAL, "\"%s\" cannot name a case directory", path);
		goto failed;
	}
	d->parent = open_parent(d->path, err);
	if (d->parent < 0)
		goto failed;
	for (unsigned n = 0; rc == 1 && n < 1000; n++)
		rc = make_hidden(d, n, err);
	if (rc == 1)
		err_set(err, EEXIST, "%s: no free name for a folder beside it", d->path);
	if (rc == 0)
		return d;
failed:
	casedir_close(&d);
	return NULL;
}

int casedir_add(struct casedir *d, const char *name, const void *p, size_t len, struct err *err)
{
	int fd, code = 0;

	if (*name == '\0' || *name == '.' || strchr(name, '/'))
		return err_set(err, EINVAL, "\"%s\" cannot name a file of a case directory", name);
	fd = openat(d->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail(d->path, name, errno, err);
	if (file_write_all(fd, p, len) < 0)
		code = errno;
	/* some file systems tell only here that there was no room */
	if (close(fd) < 0 && code == 0)
		code = errno;
	return code ? fail(d->path, name, code, err) : 0;
}

/* Is there something at the path that may be replaced? 0: nothing is there; 1: yes; -1 with @err
 * set. */
static int replaceable(const struct casedir *d, struct err *err)
{
	struct dirent *e;
	bool empty = true, marked = false;
	int fd = openat(d->parent, d->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list;

	if (fd < 0 && errno == ENOENT)
		return 0;
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list) {
		fail(d->path, "", errno, err);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((e = readdir(list))) {
		empty = empty && is_dots(e->d_name);
		marked = marked || strcmp(e->d_name, CASEDIR_MARK) == 0;
	}
	closedir(list);
	if (empty || marked)
		return 1;
	return err_set(err, EEXIST,
	               "%s is there and is no case directory (it has no " CASEDIR_MARK
	               "); remove it, or choose another place with --out",
	               d->path);
}

/* File systems without RENAME_EXCHANGE: the old one steps aside, and comes back when the new one
 * cannot take its place. */
static int replace_in_two(struct casedir *d)
{
	char *aside = mem_printf("%s-old", d->hidden);
	int rc = renameat(d->parent, d->name, d->parent, aside), code;

	if (rc == 0) {
		rc = renameat(d->parent, d->hidden, d->parent, d->name);
		code = errno;
		if (rc < 0)
			renameat(d->parent, aside, d->parent, d->name);
		else
			remove_tree(d->parent, aside);
		errno = code;
	}
	free(aside);
	return rc;
}

int casedir_commit(struct casedir *d, struct err *err)
{
	int rc = replaceable(d, err);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		rc = renameat2(d->parent, d->hidden, d->parent, d->name, RENAME_NOREPLACE);
		if (rc < 0 && (errno == EINVAL || errno == ENOSYS))
			rc = renameat(d->parent, d->hidden, d->parent, d->name);
	} else {
		rc = renameat2(d->parent, d->hidden, d->parent, d->name, RENAME_EXCHANGE);
		if (rc == 0)
			remove_tree(d->parent, d->hidden);
		else if (errno == EINVAL || errno == ENOSYS)
			rc = replace_in_two(d);
	}
	if (rc < 0)
		return fail(d->path, "", errno, err);
	d->placed = true;
	return 0;
}

void casedir_close(struct casedir **casedir)
{
	struct casedir *d = *casedir;

	if (!d)
		return;
	*casedir = NULL;
	if (d->hidden && !d->placed)
		remove_tree(d->parent, d->hidden);
	if (d->dir >= 0)
		close(d->dir);
	if (d->parent >= 0)
		close(d->parent);
	free(d->path);
	free(d->name);
	free(d->hidden);
	free(d);
}

/* A leftover is one that nobody locks. It is locked while it is removed: casedir_begin() then takes
 * another name. */
static void sweep_hidden(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		remove_tree(parent, name);
	close(fd);
}

static void sweep(int fd, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d))) {
		int below;

		if (strncmp(e->d_name, HIDDEN, strlen(HIDDEN)) == 0) {
			sweep_hidden(dirfd(d), e->d_name);
			continue;
		}
		if (depth == 0 || e->d_name[0] == '.' ||
		    (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN))
			continue;
		below =
		    openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			sweep(below, depth - 1);
	}
	closedir(d);
}

#define BESIDE ".repetition-"

char *casedir_repetition(const char *path, size_t number)
{
	return mem_printf("%s" BESIDE "%zu", path, number);
}

void casedir_forget(const char *path)
{
	char *prefix = mem_printf("%s" BESIDE, path), *name = strrchr(prefix, '/');
	const struct dirent *e;
	DIR *d;

	if (name)
		*name++ = '\0';
	d = opendir(name ? prefix : ".");
	while (d && (e = readdir(d)) != NULL) {
		char *mark = mem_printf("%s/" CASEDIR_MARK, e->d_name);

		if (strncmp(e->d_name, name ? name : prefix, strlen(name ? name : prefix)) == 0 &&
		    faccessat(dirfd(d), mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			remove_tree(dirfd(d), e->d_name);
		free(mark);
	}
	if (d)
		closedir(d);
	free(prefix);
}

bool casedir_is_one(const char *path)
{
	static const char *const names[] = {CASEDIR_MARK, CASEDIR_VERDICT, CASEDIR_TIMELINE};
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool found = false;

	for (size_t i = 0; dir >= 0 && i < sizeof names / sizeof *names; i++)
		found = found || faccessat(dir, names[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (dir >= 0)
		close(dir);
	return found;
}

void casedir_sweep(const char *out)
{
	int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		sweep(fd, SWEEP_DEPTH);
}
