/* SPDX-License-Identifier: MIT */
/*
 * jail_give.c - a folder and what is in it, given to a jailed program's user
 *
 * A program that runs already, or ran before, may have made any of it: no name is followed twice,
 * no link is followed at all. What belongs to that user already is his own affair, and is not
 * looked into.
 */
#include "base/err.h"
#include "program/program_own.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_DEPTH 64

static int give_folder(int fd, uid_t user, unsigned depth, struct err *err);

static int give_entry(int folder, const char *name, uid_t user, unsigned depth, struct err *err)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, errno, "look at %s", name);
	if (st.st_uid == user && st.st_gid == (gid_t)user)
		return 0;
	if (S_ISDIR(st.st_mode)) {
		int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT || errno == ENOTDIR || errno == ELOOP
			           ? 0 /* it was replaced: not by us */
			           : err_sys(err, errno, "open %s", name);
		return give_folder(fd, user, depth + 1, err);
	}
	/* a second name may be that of a file elsewhere, which is not to be given */
	if (S_ISREG(st.st_mode) && st.st_nlink > 1)
		return 0;
	if (fchownat(folder, name, user, (gid_t)user, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
		return err_sys(err, errno, "give %s to user %u", name, (unsigned)user);
	return 0;
}

/* Closes @fd. The folder itself last: until then none but the harness changes what is in it. */
static int give_folder(int fd, uid_t user, unsigned depth, struct err *err)
{
	int r = 0;

	if (depth > MOST_DEPTH) {
		close(fd);
		return err_set(err, ELOOP, "folders in folders, more than %d deep", MOST_DEPTH);
	}
	DIR *dir = fdopendir(fd);
	if (!dir) {
		err_sys(err, errno, "read a folder");
		close(fd);
		return -1;
	}
	for (struct dirent *e; r == 0 && (errno = 0, e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = give_entry(fd, e->d_name, user, depth, err);
	}
	if (r == 0 && errno != 0 && errno != ENOENT)
		r = err_sys(err, errno, "read a folder");
	if (r == 0 && fchown(fd, user, (gid_t)user) < 0)
		r = err_sys(err, errno, "give a folder to user %u", (unsigned)user);
	closedir(dir);
	return r;
}

int jail_give(const char *path, uid_t user, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, errno, "open %s", path);
	return give_folder(fd, user, 0, err) < 0 ? err_wrap(err, "%s", path) : 0;
}
